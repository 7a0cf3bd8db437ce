import { PostgresEventStorageAdapter, type PostgresEventStorageOptions } from "@eventfold/adapter-postgres";
import { PostgresProcessingStorageAdapter } from "@eventfold/adapter-postgres/processing";
import { PostgresProjectionStorageAdapter } from "@eventfold/adapter-postgres/projections";
import { ProjectionStore } from "@eventfold/projections";
import { EventStore, type InlineHook, occurredAfter, positionIs, streamIsEmpty } from "@eventfold/store";
import { EARLIEST_EVENT_TIME_MS, LATEST_EVENT_TIME_MS } from "@eventfold/types";
import { Client } from "pg";
import { afterEach, describe, expect, it } from "vitest";
import { numbered } from "./events.ts";
import { queryRows } from "./query-rows.ts";
import { testServer } from "./test-server.ts";

const server = await testServer();
const names = { category: "c", stream: "s" };
const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A database of its own whose sessions begin with these settings. */
async function databaseWith(settings: Readonly<Record<string, string>>) {
  const connectionString = await server.createDatabase();
  const set = async (changed: Readonly<Record<string, string>>) => {
    const name = new URL(connectionString).pathname.slice(1);
    for (const [setting, value] of Object.entries(changed)) {
      await queryRows(server.connectionString, `alter database "${name}" set ${setting} = ${value}`);
    }
  };
  await set(settings);
  return { connectionString, set };
}

async function open(connectionString: string, options: Partial<PostgresEventStorageOptions> = {}) {
  const adapter = await PostgresEventStorageAdapter.open({
    ...{ connectionString, notifications: false },
    ...options,
  } as PostgresEventStorageOptions);
  ends.push(() => adapter.close());
  return { adapter, store: new EventStore({ adapter }) };
}

function aProjection(id: string) {
  const source = { kind: "log" } as const;
  return { name: "n", projectorVersion: 1, id, source, state: {}, metadata: {}, lastSequenceNumber: 1 };
}

/** Ends the other sessions of a database, or those of one application, as losing a server does. */
async function endSessions(connectionString: string, application?: string): Promise<void> {
  await queryRows(
    connectionString,
    "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and application_name = coalesce($1, application_name)",
    [application],
  );
}

describe("sessions that only read", () => {
  const READ_ONLY = { code: "STORAGE_READ_ONLY", isRetryable: false };

  it("are given up, so that whatever is written next reaches the server that takes it", async () => {
    const { connectionString, set } = await databaseWith({});
    const { adapter, store } = await open(connectionString, { maxConnections: 4 });
    const projections = await PostgresProjectionStorageAdapter.open({ shareWith: adapter });
    const projectionStore = new ProjectionStore({ adapter: projections });
    const processing = await PostgresProcessingStorageAdapter.open({ shareWith: adapter });
    const fillPool = () =>
      Promise.all(Array.from({ length: 4 }, () => adapter.transaction(async (tx) => tx.client.query("select 1"))));
    const writes = [
      () => store.stream(names).publish({ events: numbered(1) }),
      () => projectionStore.save(aProjection("a")),
      () => processing.storage.endSession(crypto.randomUUID()),
      () =>
        adapter.transaction((tx) =>
          store
            .within(tx)
            .stream(names)
            .publish({ events: numbered(1) }),
        ),
    ];
    for (const write of writes) {
      await set({ default_transaction_read_only: "on" });
      await endSessions(connectionString);
      await fillPool();
      await expect(write()).rejects.toMatchObject(READ_ONLY);
      await fillPool();
      await set({ default_transaction_read_only: "off" });
      // In a transaction nothing is repeated, so it is the next one that has a new connection.
      await store.stream(names).publish({ events: numbered(1) });
      await write();
    }
    await processing.close();
    await projections.close();
  });
});

describe("the role's default isolation level", () => {
  it.each(["repeatable read", "serializable"])(
    "may be %s: publishes are at READ COMMITTED all the same",
    async (level) => {
      const { connectionString } = await databaseWith({ default_transaction_isolation: `'${level}'` });
      const { adapter, store } = await open(connectionString);
      const other = await open(connectionString);
      const stream = store.stream(names);
      await stream.publish({ events: numbered(1), condition: streamIsEmpty() });
      await stream.publish({ events: numbered(3, 1), condition: positionIs(0) });
      await expect(stream.publish({ events: numbered(1), condition: streamIsEmpty() })).rejects.toMatchObject({
        code: "UNMET_WRITE_CONDITION",
      });
      const publishes = Array.from({ length: 40 }, (_, n) =>
        (n % 2 === 0 ? store : other.store)
          .stream({ ...names, stream: `t${n % 3}` })
          .publish({ events: numbered(1, n) }),
      );
      await Promise.all(publishes);
      const rivals = [store, other.store].map((each) =>
        each.stream({ ...names, stream: "rivals" }).publish({ events: numbered(1), condition: streamIsEmpty() }),
      );
      const outcomes = (await Promise.allSettled(rivals)).map(({ status }) => status).sort();
      expect(outcomes).toEqual(["fulfilled", "rejected"]);
      const none: InlineHook = { needsOrder: "log", run: async () => {} };
      await new EventStore({ adapter, inline: [none] }).stream(names).publish({ events: numbered(1) });
      expect(await store.log().read()).toHaveLength(46);
    },
  );

  it.each(["repeatable read", "serializable"])(
    "may be %s: saves of projections that meet are repeated",
    async (level) => {
      const { connectionString } = await databaseWith({ default_transaction_isolation: `'${level}'` });
      const adapters = await Promise.all([1, 2].map(() => PostgresProjectionStorageAdapter.open({ connectionString })));
      for (const adapter of adapters) ends.push(() => adapter.close());
      const stores = adapters.map((adapter) => new ProjectionStore({ adapter }));
      for (let round = 0; round < 5; round += 1) {
        await Promise.all(stores.map((store) => store.saveMany(["a", "b"].map(aProjection))));
      }
      expect(await stores[0]?.count()).toBe(2);
    },
  );

  it("is still asked for in a transaction of the caller's", async () => {
    const { connectionString } = await databaseWith({});
    const { adapter, store } = await open(connectionString);
    const client = new Client({ connectionString });
    await client.connect();
    ends.push(() => client.end());
    await client.query("begin isolation level repeatable read");
    const publish = store
      .within(adapter.using(client))
      .stream(names)
      .publish({ events: numbered(1) });
    await expect(publish).rejects.toMatchObject({ code: "UNSUITABLE_TRANSACTION" });
  });
});

describe("transaction_timeout", () => {
  it("ends a publish that waits for its turn no sooner than writeTimeoutMs", async ({ skip }) => {
    const [version] = await queryRows(server.connectionString, "select current_setting('server_version_num')::int");
    if (Number(version) < 170_000) skip("transaction_timeout came with PostgreSQL 17");
    const { connectionString, set } = await databaseWith({});
    const { store } = await open(connectionString);
    const client = new Client({ connectionString });
    await client.connect();
    ends.push(() => client.end());
    await client.query("begin; select pg_advisory_xact_lock('eventfold.events'::regclass::oid::integer, 0)");
    await set({ transaction_timeout: "'1s'" });
    await endSessions(connectionString, "eventfold");
    const publish = store.stream(names).publish({ events: numbered(1) });
    await queryRows(server.connectionString, "select pg_sleep(2.5)");
    await client.query("commit");
    expect(await publish).toHaveLength(1);
    expect(await store.log().read()).toHaveLength(1);
  });
});

describe("settings of how values are printed", () => {
  it.each([
    ["extra_float_digits", "-15"],
    ["datestyle", "'SQL, DMY'"],
    ["timezone", "'Asia/Kathmandu'"],
    ["intervalstyle", "'iso_8601'"],
    ["bytea_output", "'escape'"],
    ["lc_numeric", "'C'"],
    ["standard_conforming_strings", "off"],
    ["search_path", "''"],
    ["quote_all_identifiers", "on"],
  ])("change nothing that is read: %s", async (setting, value) => {
    const { connectionString } = await databaseWith({ [setting]: value });
    const { adapter, store } = await open(connectionString);
    const times = [EARLIEST_EVENT_TIME_MS, -1, 0, 1, 1_764_427_200_123, LATEST_EVENT_TIME_MS].map((ms) => new Date(ms));
    const events = times.map((time, n) => ({
      name: "timed\\'",
      payload: { n: n / 3 },
      observedAt: time,
      occurredAt: time,
    }));
    const stored = await store.stream(names).publish({ events });
    const read = await store.stream(names).read();
    expect(read).toEqual(stored);
    expect(read.map(({ occurredAt }) => occurredAt)).toEqual(times);
    expect(await store.log().latest()).toEqual(stored.at(-1));
    const after = await store.log().read({ constraints: [occurredAfter(new Date(1_764_427_200_122))] });
    expect(after.map(({ position }) => position)).toEqual([4, 5]);
    for (const { appliedAt } of await adapter.migrations()) expect(appliedAt).toBeInstanceOf(Date);
  });
});
