import { PostgresEventStorageAdapter, type PostgresEventStorageOptions } from "@eventfold/adapter-postgres";
import { PostgresProcessingStorageAdapter } from "@eventfold/adapter-postgres/processing";
import { EventBroker, subscription } from "@eventfold/processing";
import { EventStore, newEvent, type OrderingGuarantee } from "@eventfold/store";
import { startPostgres } from "@eventfold/testing/postgres";
import { afterAll, describe, expect, it } from "vitest";
import { numbered } from "./events.ts";
import { queryRows } from "./query-rows.ts";
import { until } from "./until.ts";

const cluster = await startPostgres({ standbys: 2, synchronous: "any 1" });
const toClose: AsyncDisposable[] = [];
afterAll(async () => {
  await Promise.all(toClose.map((each) => each[Symbol.asyncDispose]()));
  await cluster.stop();
});

const stream = { category: "c", stream: "s" };
const guarantees = ["log", "category", "stream"] as const;

/** An adapter on a log, and what a follower of it has shown. */
async function openFollowed(orderingGuarantee: OrderingGuarantee, options: Partial<PostgresEventStorageOptions> = {}) {
  const adapter = await PostgresEventStorageAdapter.open({
    ...{ connectionString: cluster.connectionString, schema: `lost_${orderingGuarantee}`, orderingGuarantee },
    ...{ pollIntervalMs: 50, writeTimeoutMs: 600_000, ...options },
  } as PostgresEventStorageOptions);
  const store = new EventStore({ adapter });
  const shown: string[] = [];
  const ended = new AbortController();
  const following = (async () => {
    for await (const { id } of store.log().follow({ signal: ended.signal })) shown.push(id);
  })().catch((error: unknown) => error);
  const close = async () => {
    ended.abort();
    await following;
    await adapter.close();
  };
  return { adapter, store, shown, following, [Symbol.asyncDispose]: close };
}

/** A log with two events, which an ordinary adapter and one whose followers wait follow, and one that knows only the present primary. */
async function openThree(guarantee: OrderingGuarantee) {
  const { connectionString } = cluster.primary;
  const ordinary = await openFollowed(guarantee);
  const stored = await ordinary.store.stream(stream).publish({ events: numbered(2) });
  const careful = await openFollowed(guarantee, { followersWaitForStandbys: 1 });
  const there = await openFollowed(guarantee, { connectionString, writeTimeoutMs: 2_000 });
  for (const opened of [ordinary, careful, there]) toClose.push(opened);
  return { guarantee, ordinary, careful, there, ids: stored.map(({ id }) => id) };
}

describe("a log whose primary showed an event that no standby has", { timeout: 120_000 }, () => {
  it("is not read on by who has seen it, and is by followers that wait for standbys", async () => {
    const first = cluster.primary;
    const sql = (text: string) => queryRows(first.connectionString, text);
    const logs = await Promise.all(guarantees.map(openThree));
    const [{ careful }] = logs as [(typeof logs)[0]];
    await using processing = await PostgresProcessingStorageAdapter.open({ shareWith: careful.adapter });
    const handled: string[] = [];
    const handleEvent = async ({ id }: { readonly id: string }) => void handled.push(id);
    const subscriptions = [subscription({ name: "all", source: careful.store.log(), handleEvent })];
    const broker = new EventBroker({ name: "node", storage: processing, subscriptions });
    await broker.start();
    await until(() => logs.every((log) => log.careful.shown.length === 2) && handled.length === 2);

    cluster.partition(first);
    const vanishing = logs.map(({ there }) => {
      const event = newEvent({ name: "numbered", payload: { n: 2 } });
      const refused = expect(there.store.stream(stream).publish({ events: [event] })).rejects.toMatchObject({
        isRetryable: true,
      });
      return { event, refused };
    });
    const cancel =
      "select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep' and query like '%append%'";
    await until(async () => {
      await sql(cancel); // an event is committed then, visible, and on no standby
      return logs.every(({ ordinary }) => ordinary.shown.length === 3);
    });
    const log = { kind: "log" } as const;
    for (const { careful } of logs) {
      const horizon = await careful.adapter.storage.horizon(log);
      expect(
        await careful.adapter.newsOf([
          { source: log, after: horizon },
          { source: log, after: 0 },
        ]),
      ).toEqual([
        { isReadable: false, isHeldBack: true },
        { isReadable: true, isHeldBack: true },
      ]);
    }
    await Promise.all(vanishing.map(({ refused }) => refused));

    await cluster.promote();
    for (const [index, { guarantee, ordinary, careful, ids }] of logs.entries()) {
      const id = vanishing[index]?.event.id as string;
      const behind = { code: "LOG_BEHIND", reason: "lost-events", seen: { id }, newest: { id: ids[1] } };
      expect(await ordinary.following).toMatchObject(behind);
      await expect(ordinary.store.stream(stream).latest()).rejects.toMatchObject(behind);
      const { seen } = (await ordinary.following) as { readonly seen: { readonly sequenceNumber: number } };
      await using decided = await openFollowed(guarantee);
      await decided.adapter.migrate({ nextSequenceNumberAbove: seen.sequenceNumber });
      const [next] = await decided.store.stream(stream).publish({ events: numbered(1) });
      expect(next?.sequenceNumber).toBeGreaterThan(seen.sequenceNumber);
      ids.push(next?.id as string);
      await until(() => careful.shown.length === ids.length);
      expect(careful.shown).toEqual(ids);
    }
    await until(() => handled.length === 3);
    expect(handled).toEqual(logs[0]?.ids);
    await broker.stop({ timeoutMs: 1_000 });
  });

  it("is opened for such followers only by who may know what standbys have, on the primary, when enough have it", async () => {
    const open = (options: object) =>
      PostgresEventStorageAdapter.open({
        connectionString: cluster.primary.connectionString,
        schema: "rights",
        ...options,
      });
    await (await open({})).close();
    await expect(open({ followersWaitForStandbys: -1 })).rejects.toThrow(RangeError);
    const tooMany = { followersWaitForStandbys: 7, connectTimeoutMs: 300 };
    await expect(open(tooMany)).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE", isRetryable: true });
    const { connectionString } = cluster.standbys.find((server) => server.name !== "server1") ?? cluster.primary;
    const onStandby = { connectionString, followersWaitForStandbys: 1, migrations: "check", notifications: false };
    await expect(open(onStandby)).rejects.toMatchObject({ code: "STORAGE_READ_ONLY" });
    await queryRows(
      cluster.primary.connectionString,
      "create role watcher login password 'w'; grant usage on schema rights to watcher; grant select on all tables in schema rights to watcher",
    );
    const asWatcher = cluster.primary.connectionString.replace(/\/\/[^@]+@/, "//watcher:w@");
    const watching = {
      connectionString: asWatcher,
      followersWaitForStandbys: 1,
      migrations: "check",
      notifications: false,
    };
    await expect(open(watching)).rejects.toMatchObject({ code: "STORAGE_ACCESS_DENIED" });
    await queryRows(cluster.primary.connectionString, "grant pg_monitor to watcher");
    await using _ = await open(watching);
  });
});
