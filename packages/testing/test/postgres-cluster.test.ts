import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ClusteredServer, PostgresTestCluster } from "../src/postgres/index.ts";
import { startPostgres } from "../src/postgres/index.ts";
import { queryRows } from "../src/postgres/query-rows.ts";

async function onlyValue(server: ClusteredServer, text: string): Promise<unknown> {
  return (await queryRows(server.connectionString, text))[0]?.[0];
}

const numbersOf = (server: ClusteredServer) =>
  onlyValue(server, "select coalesce(array_agg(number order by number), '{}')::int[] from numbers");

const isWaiting = (server: ClusteredServer) =>
  onlyValue(server, "select count(*)::int > 0 from pg_stat_activity where wait_event = 'SyncRep'");

/** What a server does with a number, and whether it has answered yet. */
function insert(server: ClusteredServer, number: number) {
  const made = { isAnswered: false, answer: Promise.resolve() as Promise<unknown> };
  made.answer = queryRows(server.connectionString, `insert into numbers values (${number})`).then(() => {
    made.isAnswered = true;
  });
  return made;
}

describe("a cluster", { timeout: 120_000 }, () => {
  let cluster: PostgresTestCluster;
  let first: ClusteredServer;
  beforeAll(async () => {
    cluster = await startPostgres({ standbys: 2, synchronous: "any 1" });
    first = cluster.primary;
    await queryRows(first.connectionString, "create table numbers (number int)");
  });
  afterAll(() => cluster.stop());

  it("has a primary that waits for one of its standbys, and standbys that show what it stores", async () => {
    await insert(first, 1).answer;
    await cluster.catchUp();
    expect(cluster.servers).toHaveLength(3);
    for (const server of cluster.servers) expect(await numbersOf(server)).toEqual([1]);
    expect(new Set(cluster.servers.map(({ name }) => name)).size).toBe(3);
    expect(await Promise.all(cluster.standbys.map((standby) => standby.isStandby()))).toEqual([true, true]);
    expect(await onlyValue(first, "select count(*)::int from pg_stat_replication where sync_state = 'quorum'")).toBe(2);
  });

  it("acknowledges nothing while its primary is cut off, and goes on when that is over", async () => {
    cluster.partition(first);
    const held = insert(first, 2);
    await expect.poll(() => isWaiting(first)).toBe(true);
    for (const standby of cluster.standbys) expect(await numbersOf(standby)).toEqual([1]);
    expect(held.isAnswered).toBe(false);
    cluster.heal();
    await held.answer;
  });

  it("freezes all processes of a server, and lets them go on", async () => {
    const [standby] = cluster.standbys as readonly [ClusteredServer];
    await standby.freeze();
    const asked = { isAnswered: false };
    const answer = numbersOf(standby).then((numbers) => {
      asked.isAnswered = true;
      return numbers;
    });
    await insert(first, 3).answer;
    expect(asked.isAnswered).toBe(false);
    await standby.thaw();
    await answer;
    await cluster.catchUp();
    expect(await numbersOf(standby)).toEqual([1, 2, 3]);
  });

  it("adds a standby while it goes on", async () => {
    const added = await cluster.addStandby();
    expect(await numbersOf(added)).toEqual([1, 2, 3]);
  });

  it("promotes the standby that has received most, leads the others there, and makes the old primary a standby", async () => {
    await first.freeze();
    const second = await cluster.promote();
    await insert(second, 4).answer;
    await first.thaw();
    const lost = insert(first, 5);
    await expect.poll(() => isWaiting(first)).toBe(true);
    const cut = expect(lost.answer).rejects.toBeDefined();
    await cluster.rebuild(first);
    await cut;
    await cluster.catchUp();
    for (const server of cluster.servers) expect(await numbersOf(server)).toEqual([1, 2, 3, 4]);
    expect(cluster.standbys).toContain(first);
  });

  it("loses what no standby has only when it does not wait for one", async () => {
    await using asynchronous = await startPostgres({ standbys: 1 });
    const { primary } = asynchronous;
    await queryRows(primary.connectionString, "create table numbers (number int)");
    await asynchronous.catchUp();
    asynchronous.partition(primary);
    await insert(primary, 1).answer;
    await primary.kill("SIGKILL");
    expect(await numbersOf(await asynchronous.promote())).toEqual([]);
  });

  it("refuses what is not a number of standbys", async () => {
    const synchronous = "any '; drop" as "any 1";
    await expect(startPostgres({ standbys: 1, synchronous })).rejects.toThrow(TypeError);
  });
});
