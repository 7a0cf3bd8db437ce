import assert from "node:assert/strict";
import { PostgresEventStorageAdapter, type PostgresEventStorageOptions } from "@eventfold/adapter-postgres";
import { PostgresKeyStorageAdapter } from "@eventfold/adapter-postgres/keys";
import { PostgresProjectionStorageAdapter } from "@eventfold/adapter-postgres/projections";
import { ProjectionStore } from "@eventfold/projections";
import { EventStore } from "@eventfold/store";
import { type ClusteredServer, type PostgresTestCluster, startPostgres } from "@eventfold/testing/postgres";
import { isEventfoldError } from "@eventfold/types";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { numbered } from "./events.ts";
import { queryRows } from "./query-rows.ts";
import { until } from "./until.ts";

const names = { category: "c", stream: "s" };

// Longer than any test may take: nothing here waits for it.
const PATIENT = { writeTimeoutMs: 600_000, readTimeoutMs: 600_000, connectTimeoutMs: 600_000 };

/** Sets which standbys a server waits for. */
async function setAwaited({ connectionString }: ClusteredServer, names: string): Promise<void> {
  await queryRows(connectionString, `alter system set synchronous_standby_names = '${names}'`);
  await queryRows(connectionString, "select pg_reload_conf()");
  await expect.poll(() => queryRows(connectionString, "show synchronous_standby_names")).toEqual([names]);
}

/** Waits until all clients of a server that ask what it is have asked again. */
async function untilAsked({ connectionString }: ClusteredServer): Promise<void> {
  const asking = "from pg_stat_activity where query like '%pg_walfile_name%' and pid <> pg_backend_pid()";
  const [since] = await queryRows(connectionString, "select clock_timestamp()::text");
  const isLate = `select count(*)::int ${asking} and query_start < '${since}'`;
  await until(async () => (await queryRows(connectionString, isLate))[0] === 0, 50);
}

/** Makes a call again while it may succeed later, as callers do where a call is not repeated for them. */
async function untilReached(call: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      return void (await call());
    } catch (error) {
      if (!isEventfoldError(error) || !error.isRetryable) throw error;
    }
  }
}

/** Each test starts three servers, so that every day only some of them do. */
const isSoak = Boolean(process.env.EVENTFOLD_SOAK);

describe("a log on a cluster", { timeout: 120_000 }, () => {
  let cluster: PostgresTestCluster;
  let first: ClusteredServer;
  beforeEach(async () => {
    cluster = await startPostgres({ standbys: 2, synchronous: "any 1" });
    first = cluster.primary;
  }, 120_000);
  afterEach(() => cluster.stop());

  /** How to connect to servers in an order of the test's own. */
  function connectingTo(servers: readonly ClusteredServer[]): string {
    const { username, password, pathname } = new URL(first.connectionString);
    const hosts = servers.map((server) => new URL(server.connectionString).host);
    return `postgres://${username}:${password}@${hosts.join(",")}${pathname}`;
  }

  async function open(options: Partial<PostgresEventStorageOptions> = {}) {
    const connectionString = connectingTo([...cluster.standbys, cluster.primary]);
    const adapter = await PostgresEventStorageAdapter.open({
      ...{ ...PATIENT, connectionString, ...options },
    } as PostgresEventStorageOptions);
    const store = new EventStore({ adapter });
    return { adapter, store, stream: store.stream(names), [Symbol.asyncDispose]: () => adapter.close() };
  }

  const isWaiting = async (server: ClusteredServer) =>
    (
      await queryRows(
        server.connectionString,
        "select count(*)::int > 0 from pg_stat_activity where wait_event = 'SyncRep'",
      )
    )[0];

  it("is written on the primary, wherever it stands in the list, and a publish under way is repeated after a failover", async () => {
    await using log = await open();
    const before = await log.stream.publish({ events: numbered(3) });
    cluster.partition(first);
    const underWay = log.stream.publish({ events: numbered(2) });
    await expect.poll(() => isWaiting(first)).toBe(true);
    const promoted = await cluster.promote();
    const stored = await underWay;
    await using onNew = await open({ connectionString: promoted.connectionString });
    expect(await onNew.store.log().read()).toEqual([...before, ...stored]);
  });

  it.runIf(isSoak)("is followed across the loss of a frozen primary, whose connections stay open", async () => {
    await using log = await open();
    const seen: unknown[] = [];
    const ended = new AbortController();
    const following = (async () => {
      for await (const event of log.store.log().follow({ signal: ended.signal })) seen.push(event.payload);
    })().catch(() => {});
    await log.stream.publish({ events: numbered(2) });
    await expect.poll(() => seen.length).toBe(2);
    await first.freeze();
    const underWay = log.stream.publish({ events: numbered(1) });
    await cluster.promote();
    await underWay;
    await expect.poll(() => seen.length, { timeout: 20_000 }).toBe(3);
    ended.abort();
    await following;
  });

  it.runIf(isSoak)("is not read on a former primary that goes on as if nothing had happened", async () => {
    await using log = await open();
    await log.stream.publish({ events: numbered(1) });
    await cluster.catchUp();
    cluster.partition(first);
    const promoted = await cluster.promote();
    await using other = await open({ connectionString: promoted.connectionString });
    await other.stream.publish({ events: numbered(1) });
    await expect.poll(async () => (await log.stream.read()).length, { timeout: 20_000 }).toBe(2);
    // Both can be written to now, and both say so.
    await using later = await open({ connectionString: connectingTo([first, ...cluster.servers.slice(1)]) });
    expect(await later.stream.read()).toHaveLength(2);
  });

  it.runIf(isSoak)("is not read on a former primary that was frozen and is woken", async () => {
    await using log = await open();
    await log.stream.publish({ events: numbered(1) });
    await cluster.catchUp();
    await first.freeze();
    await untilAsked(cluster.standbys[0] as ClusteredServer);
    const promoted = await cluster.promote();
    await using other = await open({ connectionString: promoted.connectionString });
    await other.stream.publish({ events: numbered(1) });
    await first.thaw();
    expect(await log.stream.read()).toHaveLength(2);
  });

  it.runIf(isSoak)("waits for another server when the present one is made read-only, as to fence it off", async () => {
    await using log = await open();
    await log.stream.publish({ events: numbered(1) });
    await queryRows(first.connectionString, "alter system set default_transaction_read_only = on");
    await queryRows(first.connectionString, "select pg_reload_conf()");
    const isReadOnly = () => queryRows(first.connectionString, "show transaction_read_only");
    await expect.poll(isReadOnly).toEqual(["on"]);
    const underWay = log.stream.publish({ events: numbered(1) });
    await cluster.promote();
    await underWay;
    expect(await log.stream.read()).toHaveLength(2);
  });

  it("is found again when its primary is killed, and when the next one freezes, together with projections and keys", async () => {
    await using log = await open();
    const { connectionString } = cluster;
    const { writeTimeoutMs, connectTimeoutMs } = PATIENT;
    await using projections = await PostgresProjectionStorageAdapter.open({
      ...{ writeTimeoutMs, connectTimeoutMs, connectionString },
    });
    await using keys = await PostgresKeyStorageAdapter.open({ ...PATIENT, connectionString });
    const store = new ProjectionStore({ adapter: projections });
    const projection = (lastSequenceNumber: number) => ({
      ...{ id: "1", name: "account", source: { kind: "log" } as const, state: {}, metadata: null, projectorVersion: 1 },
      lastSequenceNumber,
    });
    for (let round = 1; round <= 2; round += 1) {
      const lost = cluster.primary;
      await log.stream.publish({ events: numbered(1) });
      await (round === 1 ? lost.kill("SIGKILL") : lost.freeze());
      const calls = [
        log.stream.publish({ events: numbered(1) }),
        untilReached(() => store.save(projection(round))),
        keys.storage.current(["ada"]),
      ];
      if (round === 2) await untilAsked(cluster.standbys[0] as ClusteredServer); // a frozen one never answers.
      await cluster.promote();
      await Promise.all(calls);
      if (round === 1) await cluster.rebuild(lost);
    }
    expect(await log.stream.read()).toHaveLength(4);
    expect(await store.load({ name: "account", id: "1" })).toMatchObject({
      lastSequenceNumber: 2,
    });
  });

  it("is published on only while the primary waits for as many standbys as are required", async () => {
    await expect(open({ requireSynchronousStandbys: 2 })).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" });
    await expect(open({ requireSynchronousStandbys: -1 })).rejects.toThrow(RangeError);
    await using log = await open({ requireSynchronousStandbys: 1 });
    const before = await log.stream.publish({ events: numbered(1) });
    // Whoever waits for the standbys is let go with success when nobody is to be waited for any more.
    cluster.partition(first);
    const underWay = log.stream.publish({ events: numbered(1) });
    await expect.poll(() => isWaiting(first)).toBe(true);
    const refused = underWay.catch((error: unknown) => error);
    await setAwaited(first, "");
    const error = await refused;
    assert.ok(isEventfoldError(error, "STORAGE_UNAVAILABLE"));
    await expect(log.stream.publish({ events: numbered(1) })).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" });
    await expect(log.adapter.transaction(async () => {})).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" });
    await setAwaited(first, "any 1 (*)");
    cluster.heal();
    const stored = await log.store.publish(error.preparedWrites);
    expect(stored.isRepeat).toBe(true);
    await cluster.catchUp();
    expect(await log.store.log().read()).toEqual([...before, ...stored.flat()]);
  });

  it("is not opened where no server can be written to, nor with wrong credentials", async () => {
    const standbys = connectingTo(cluster.standbys);
    await expect(open({ connectionString: standbys, connectTimeoutMs: 500 })).rejects.toMatchObject({
      ...{ code: "STORAGE_UNAVAILABLE", isRetryable: true },
    });
    const denied = connectingTo(cluster.servers).replace(/:[0-9a-f]+@/, ":wrong@");
    await expect(open({ connectionString: denied })).rejects.toMatchObject({ code: "STORAGE_ACCESS_DENIED" });
    await expect(open({ connectionString: "postgres://localhost,,localhost/app" })).rejects.toThrow(RangeError);
  });
});
