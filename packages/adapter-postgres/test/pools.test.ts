import { Socket } from "node:net";
import { PostgresEventStorageAdapter, type PostgresEventStorageOptions } from "@eventfold/adapter-postgres";
import { EventStore, type InlineHook } from "@eventfold/store";
import { TcpProxy } from "@eventfold/testing/chaos";
import { Client, Pool, type PoolConfig, types } from "pg";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { numbered } from "./events.ts";
import { queryRows } from "./query-rows.ts";
import { testServer } from "./test-server.ts";

const { connectionString } = await testServer();
const { proxy, connectionString: proxied } = await TcpProxy.start(connectionString);
afterAll(() => proxy.stop());
const names = { category: "c", stream: "s" };
const ends: (() => Promise<unknown>)[] = [];
let schemas = 0;

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function poolOf(config: PoolConfig = {}): Pool {
  const pool = new Pool({ connectionString, ...config });
  ends.push(() => pool.end());
  return pool;
}

/** Opens a log of its own. */
async function open(options: Partial<PostgresEventStorageOptions> = {}) {
  schemas += 1;
  const schema = `pools_${schemas}`;
  const adapter = await PostgresEventStorageAdapter.open({
    ...{ connectionString: options.pool === undefined ? connectionString : undefined, schema, notifications: false },
    ...options,
  } as PostgresEventStorageOptions);
  ends.push(() => adapter.close());
  return { adapter, schema, store: new EventStore({ adapter }) };
}

/** Codes of what rejected, and `"stored"` for each that fulfilled. */
async function outcomesOf(work: readonly Promise<unknown>[]): Promise<ReadonlySet<unknown>> {
  const outcomes = await Promise.allSettled(work);
  return new Set(outcomes.map((each) => (each.status === "fulfilled" ? "stored" : each.reason)));
}

/** Holds all connections of a pool, which itself has little patience from now on, until told otherwise. */
async function exhausted(pool: Pool): Promise<() => void> {
  const clients = await Promise.all(Array.from({ length: pool.options.max ?? 10 }, () => pool.connect()));
  pool.options.connectionTimeoutMillis = 50;
  return () => {
    pool.options.connectionTimeoutMillis = 0;
    for (const client of clients) client.release();
  };
}

/** The warnings of the process during work. */
async function warningsDuring(work: () => Promise<void>): Promise<readonly string[]> {
  const warnings: string[] = [];
  const note = (warning: Error): void => void warnings.push(warning.message);
  process.on("warning", note);
  await work();
  await new Promise(setImmediate);
  process.off("warning", note);
  return warnings;
}

describe("more at once than the pool has connections", () => {
  // Each is longer than a connection may take to be opened, and together they are much longer.
  const connectTimeoutMs = 1_000;

  it("has transactions wait for their turn, in the adapter's own pool and in the caller's", async () => {
    const own = await open({ connectTimeoutMs, maxConnections: 2 });
    const callers = await open({ pool: poolOf({ max: 2, connectionTimeoutMillis: connectTimeoutMs }) });
    for (const { adapter, store } of [own, callers]) {
      const transactions = Array.from({ length: 8 }, (_, n) =>
        adapter.transaction(async (tx) => {
          await tx.client.query("select pg_sleep(0.5)");
          await store
            .within(tx)
            .stream(names)
            .publish({ events: numbered(1, n) });
        }),
      );
      expect(await outcomesOf(transactions)).toEqual(new Set(["stored"]));
      expect(await store.stream(names).read()).toHaveLength(8);
    }
  });

  it("has publishes with inline hooks wait for their turn", async () => {
    const { adapter } = await open({ connectTimeoutMs, maxConnections: 2 });
    const slow: InlineHook = {
      needsOrder: "log",
      run: async ({ transaction }) => {
        await (transaction as { client: Client } & typeof transaction).client.query("select pg_sleep(0.5)");
      },
    };
    const store = new EventStore({ adapter, inline: [slow] });
    const publishes = Array.from({ length: 5 }, () => store.stream(names).publish({ events: numbered(1) }));
    expect(await outcomesOf(publishes)).toEqual(new Set(["stored"]));
  });

  it("has reads and publishes wait while others use the whole pool, and goes on when they are done", async () => {
    const pool = poolOf({ max: 2 });
    const { store } = await open({ pool });
    await store.stream(names).publish({ events: numbered(1) });
    const release = await exhausted(pool);
    const waiting = [
      store.log().read(),
      store.stream(names).latest(),
      store.stream(names).publish({ events: numbered(1) }),
    ];
    // The pool itself gives up meanwhile, which says nothing of the server.
    await queryRows(connectionString, "select pg_sleep(0.3)");
    release();
    expect(await outcomesOf(waiting)).toEqual(new Set(["stored"]));
  });

  it("reports what had no turn within writeTimeoutMs as busy, not as a server that cannot be reached", async () => {
    const pool = poolOf({ max: 2 });
    const { adapter, store } = await open({ pool, writeTimeoutMs: 300 });
    const release = await exhausted(pool);
    for (const call of [
      () => store.log().read(),
      () => store.stream(names).publish({ events: numbered(1) }),
      () => adapter.transaction(async () => 1),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: "STORAGE_BUSY", isRetryable: true });
    }
    release();
    expect(await store.log().read()).toEqual([]);
  });

  it("lets the pool's other users have their turns", async () => {
    const pool = poolOf({ max: 1 });
    const { adapter } = await open({ pool });
    let isOver = false;
    const publishing = Array.from({ length: 3 }, async () => {
      while (!isOver) await adapter.transaction(async (tx) => tx.client.query("select 1"));
    });
    for (let n = 0; n < 10; n += 1) expect((await pool.query("select 1")).rowCount).toBe(1);
    isOver = true;
    await Promise.all(publishing);
  });

  it("reports a server that does not answer as unavailable, also where the pool would wait forever", async () => {
    const pool = poolOf({ connectionString: proxied, max: 2 });
    const { store } = await open({ pool, connectTimeoutMs: 2_000, writeTimeoutMs: 3_000 });
    await pool.query("select 1");
    proxy.toServer = () => "hold";
    proxy.cutAll();
    await expect(store.log().read()).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" });
    await expect(store.stream(names).publish({ events: numbered(1) })).rejects.toMatchObject({
      code: "STORAGE_UNAVAILABLE",
    });
    proxy.restore();
    proxy.cutAll();
  });
});

describe("a pool of the caller's", () => {
  it("may be shared by many adapters without a warning, and is left as it was", async () => {
    const pool = poolOf({ max: 3 });
    const warnings = await warningsDuring(async () => {
      const opened: Awaited<ReturnType<typeof open>>[] = [];
      for (let n = 0; n < 12; n += 1) opened.push(await open({ pool }));
      const publishes = opened.map(({ store }) => store.stream(names).publish({ events: numbered(1) }));
      expect(await outcomesOf(publishes)).toEqual(new Set(["stored"]));
      await Promise.all(opened.map(({ adapter }) => adapter.close()));
    });
    expect(warnings).toEqual([]);
    expect([pool.listenerCount("error"), pool.listenerCount("connect")]).toEqual([0, 0]);
    expect((await pool.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
  });

  it("reports lost connections to each adapter on it, through whatever logger the adapter has", async () => {
    const pool = poolOf({ max: 1 });
    const warned: string[] = [];
    const told = Promise.withResolvers<void>();
    const failing = () => {
      throw new Error("the logger's own");
    };
    await open({ pool, logger: { warn: failing, error: failing } });
    await open({ pool, logger: { warn: async () => failing(), error: failing } });
    const { store } = await open({
      pool,
      logger: { warn: (_, message) => told.resolve(void warned.push(message)), error: failing },
    });
    await store.log().latest();
    await new Promise(setImmediate); // then it is the pool's, and idle.
    await queryRows(
      connectionString,
      "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()",
    );
    await told.promise;
    expect(warned).toEqual(["eventfold: an idle connection to PostgreSQL was lost"]);
    expect(await store.log().read()).toEqual([]);
  });

  it("is refused with binary results, and so is a client", async () => {
    await expect(open({ pool: poolOf({ binary: true } as PoolConfig) })).rejects.toThrow(TypeError);
    await expect(open({ pool: poolOf({ binary: true } as PoolConfig) })).rejects.toThrow("binary: true");
    const { adapter } = await open();
    const client = new Client({ connectionString, binary: true } as never);
    await client.connect();
    ends.push(() => client.end());
    await client.query("begin");
    expect(() => adapter.using(client)).toThrow("binary: true");
  });

  it("makes the stream of the connection that listens too", async () => {
    const { port, hostname, username, password, pathname } = new URL(connectionString);
    let streams = 0;
    const stream = (): Socket => {
      streams += 1;
      const socket = new Socket();
      const connect = socket.connect.bind(socket) as (port: number, host: string) => Socket;
      socket.connect = () => connect(Number(port), hostname); // only the stream knows where to go.
      return socket;
    };
    const config = { user: username, password, database: pathname.slice(1), host: "nowhere.invalid", stream };
    const pool = poolOf({ connectionString: undefined, ...config } as PoolConfig);
    const { store } = await open({ pool, notifications: true });
    expect(streams).toBeGreaterThanOrEqual(2);
    const stop = new AbortController();
    const followed = store.log().follow({ signal: stop.signal });
    const [next] = [followed.next(), await store.stream(names).publish({ events: numbered(1) })];
    expect((await next).value).toMatchObject({ position: 0 });
    stop.abort();
  });
});

describe("type parsers of the caller's", () => {
  const parsers = [
    ["integers", 23, BigInt],
    ["large integers", 20, BigInt],
    ["booleans", 16, String],
    ["texts", 25, (text: string) => ({ text })],
    ["names", 19, (text: string) => ({ text })],
    ["times", 1184, String],
    ["floats", 701, String],
    ["UUIDs", 2950, (text: string) => ({ text })],
    ["JSON", 114, String],
  ] as const;

  it.each(parsers)("for %s change nothing that is opened, published or read", async (_, oid, parse) => {
    const known = types.getTypeParser(oid as never);
    types.setTypeParser(oid as never, parse as never);
    try {
      const { adapter, store, schema } = await open();
      const [stored] = await store.stream(names).publish({ events: numbered(1) });
      expect(await store.log().read()).toEqual([stored]);
      expect(stored).toMatchObject({ position: 0, payload: { n: 0 } });
      const again = await PostgresEventStorageAdapter.open({ connectionString, schema, migrations: "check" });
      for (const { appliedAt } of await again.migrations()) expect(appliedAt).toBeInstanceOf(Date);
      await adapter.migrate();
      await again.close();
    } finally {
      types.setTypeParser(oid as never, known as never);
    }
  });
});
