import {
  eventMigrations,
  PostgresEventStorageAdapter,
  type PostgresEventStorageOptions,
} from "@eventfold/adapter-postgres";
import { PostgresKeyStorageAdapter } from "@eventfold/adapter-postgres/keys";
import { PostgresProcessingStorageAdapter } from "@eventfold/adapter-postgres/processing";
import { PostgresProjectionStorageAdapter } from "@eventfold/adapter-postgres/projections";
import { EventStore, streamIsEmpty } from "@eventfold/store";
import { Pool } from "pg";
import { describe, expect, it } from "vitest";
import { numbered } from "./events.ts";
import { queryRows } from "./query-rows.ts";
import { testServer } from "./test-server.ts";

const server = await testServer();
const { connectionString } = server;

function changed(change: (url: URL) => void): string {
  const url = new URL(connectionString);
  change(url);
  return url.href;
}

async function refusal(options: Partial<PostgresEventStorageOptions>): Promise<unknown> {
  return PostgresEventStorageAdapter.open({ connectionString, ...options } as PostgresEventStorageOptions).then(
    (adapter) => adapter.close(),
    (error: unknown) => error,
  );
}

describe("opening", () => {
  it("refuses an option that there is not, before it connects", async () => {
    const connectionString = "postgres://nobody@127.0.0.1:1/nowhere";
    const options = { connectionString, writeTimeout: 7 } as never;
    const opened = [
      PostgresEventStorageAdapter.open(options),
      PostgresProjectionStorageAdapter.open(options),
      PostgresProcessingStorageAdapter.open(options),
      PostgresKeyStorageAdapter.open(options),
    ];
    for (const opening of await Promise.allSettled(opened)) {
      expect(String(opening.status === "rejected" && opening.reason)).toMatch(
        /^TypeError: The options of Postgres\w+Adapter.open may have .*, but no member "writeTimeout"\.$/,
      );
    }
  });

  it("refuses a wrong password as denied", async () => {
    const wrong = changed((url) => {
      url.password = "wrong";
    });
    expect(await refusal({ connectionString: wrong })).toMatchObject({
      code: "STORAGE_ACCESS_DENIED",
      isRetryable: false,
    });
  });

  it("reports a server that is not there as unavailable, to be tried again", async () => {
    const nowhere = changed((url) => {
      url.port = "1";
    });
    expect(await refusal({ connectionString: nowhere })).toMatchObject({
      code: "STORAGE_UNAVAILABLE",
      isRetryable: true,
    });
    const unknownHost = "postgres://u:p@host.invalid/db";
    expect(await refusal({ connectionString: unknownHost })).toMatchObject({ code: "STORAGE_UNAVAILABLE" });
  });

  it("refuses a database that does not exist, or is not in UTF-8", async () => {
    const missing = changed((url) => {
      url.pathname = "/no_such_database";
    });
    expect(await refusal({ connectionString: missing })).toMatchObject({ code: "NOT_A_DATABASE" });
    await queryRows(connectionString, "create database latin encoding 'LATIN1' template template0 locale 'C'");
    const latin = changed((url) => {
      url.pathname = "/latin";
    });
    expect(await refusal({ connectionString: latin })).toMatchObject({ code: "NOT_A_DATABASE" });
    await queryRows(connectionString, "drop database latin");
  });

  it("only checks on request, and creates nothing", async () => {
    expect(await refusal({ schema: "unmigrated", migrations: "check" })).toMatchObject({
      code: "SCHEMA_TOO_OLD",
      storedVersion: 0,
      knownVersion: eventMigrations().length,
    });
    expect(await queryRows(connectionString, "select 1 from pg_namespace where nspname = 'unmigrated'")).toEqual([]);
  });

  it("keeps the ordering guarantee that the log was created with", async () => {
    await refusal({ schema: "ordered", orderingGuarantee: "stream" });
    expect(await refusal({ schema: "ordered", orderingGuarantee: "log" })).toMatchObject({
      code: "ORDERING_GUARANTEE_MISMATCH",
      stored: "stream",
    });
    const adapter = await PostgresEventStorageAdapter.open({ connectionString, schema: "ordered" });
    expect(adapter.orderingGuarantee).toBe("stream");
    await adapter.close();
  });

  it("names misuse before anything is connected", async () => {
    expect(await refusal({ connectionString: undefined })).toBeInstanceOf(TypeError);
    expect(await refusal({ pool: new Pool() } as never)).toBeInstanceOf(TypeError);
    expect(await refusal({ orderingGuarantee: "galaxy" as never })).toBeInstanceOf(TypeError);
    for (const url of ["postgres://localhost/app\0other", "postgres://localhost/app%00options%00-c", "\0"]) {
      expect(await refusal({ connectionString: url })).toBeInstanceOf(RangeError);
      expect(await refusal({ listenConnectionString: url })).toBeInstanceOf(RangeError);
    }
    expect(await refusal({ connectionString: 7 as never })).toBeInstanceOf(TypeError);
    expect(await refusal({ writeTimeoutMs: -1 })).toBeInstanceOf(RangeError);
    for (const schema of ["", "x".repeat(64), "nul\0", "a$eventfold$b"]) {
      expect(await refusal({ schema })).toBeInstanceOf(RangeError);
    }
    expect(await refusal({ eventsTable: "é".repeat(21) })).toBeInstanceOf(RangeError);
  });

  it.each([
    ['a "quoted" schema', 'an "events" table'],
    ['"; drop table events; --', "'; drop table events; --"],
    ["Größe $$ $1 {{events}}", "select"],
    ["x".repeat(63), "y".repeat(40)],
    ["back\\slash", "per%cent"],
    ["line\nbreak; select 1/0; --", "another\n*/ select 1/0; --"],
  ])("takes names that would be SQL as names: %s, %s", async (schema, eventsTable) => {
    const adapter = await PostgresEventStorageAdapter.open({ connectionString, schema, eventsTable });
    const store = new EventStore({ adapter });
    const stream = store.stream({ category: "'; drop", stream: '"; drop' });
    await stream.publish({ events: numbered(2), condition: streamIsEmpty() });
    await Promise.all([stream.publish({ events: numbered(1) }), stream.publish({ events: numbered(1) })]);
    expect(await store.log().read()).toHaveLength(4);
    expect(
      await queryRows(connectionString, "select schemaname, tablename from pg_tables where schemaname = $1", [schema]),
    ).toContain(eventsTable);
    await adapter.close();
  });

  it("ends only what it opened", async () => {
    const pool = new Pool({ connectionString, max: 3 });
    const adapter = await PostgresEventStorageAdapter.open({ pool });
    await adapter.close();
    await adapter.close();
    expect((await pool.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
    await pool.end();
    expect(pool.listenerCount("error")).toBe(0);
  });
});

describe("trouble at run time", () => {
  it("reports missing tables and rights, and goes on when they are back", async () => {
    const adapter = await PostgresEventStorageAdapter.open({ connectionString, schema: "fragile" });
    const store = new EventStore({ adapter });
    const stream = store.stream({ category: "c", stream: "s" });
    await queryRows(connectionString, "alter table fragile.events rename to hidden");
    await expect(stream.publish({ events: numbered(1) })).rejects.toMatchObject({ code: "NOT_A_DATABASE" });
    await expect(stream.read()).rejects.toMatchObject({ code: "NOT_A_DATABASE" });
    await queryRows(connectionString, "alter table fragile.hidden rename to events");
    await stream.publish({ events: numbered(1) });
    expect(await stream.read()).toHaveLength(1);
    await adapter.close();
  });

  it("reports a statement time-out as busy, and stores nothing", async () => {
    const adapter = await PostgresEventStorageAdapter.open({
      connectionString,
      schema: "timely",
      statementTimeoutMs: 200,
    });
    const store = new EventStore({ adapter });
    const stream = store.stream({ category: "c", stream: "s" });
    const pool = new Pool({ connectionString, max: 1 });
    const holder = await pool.connect();
    await holder.query("begin; lock table timely.events in exclusive mode");
    await expect(stream.publish({ events: numbered(1) })).rejects.toMatchObject({
      code: "STORAGE_BUSY",
      isRetryable: true,
    });
    await holder.query("rollback");
    holder.release();
    expect(await stream.read()).toEqual([]);
    await stream.publish({ events: numbered(1) });
    await adapter.close();
    await pool.end();
  });

  it("waits for a connection of an exhausted pool, then is busy, then works again", async () => {
    const pool = new Pool({ connectionString, max: 2 });
    const adapter = await PostgresEventStorageAdapter.open({
      ...{ pool, schema: "exhausted", writeTimeoutMs: 300, connectTimeoutMs: 200, notifications: false },
    });
    const stream = new EventStore({ adapter }).stream({ category: "c", stream: "s" });
    const taken = [await pool.connect(), await pool.connect()];
    await expect(stream.publish({ events: numbered(1) })).rejects.toMatchObject({ code: "STORAGE_BUSY" });
    await expect(stream.read()).rejects.toMatchObject({ code: "STORAGE_BUSY" });
    const waiting = stream.publish({ events: numbered(1) });
    for (const client of taken) client.release();
    expect(await waiting).toHaveLength(1);
    await adapter.close();
    expect(pool.idleCount).toBe(pool.totalCount); // none is kept
    await pool.end();
  });

  it("is unavailable while max_connections is reached, and repeats until there is room", async () => {
    const small = await testServer({
      dedicated: true,
      settings: { max_connections: 8, superuser_reserved_connections: 0 },
    });
    const adapter = await PostgresEventStorageAdapter.open({
      ...{ connectionString: small.connectionString, notifications: false, writeTimeoutMs: 20_000 },
    });
    const stream = new EventStore({ adapter }).stream({ category: "c", stream: "s" });
    const crowd = new Pool({ connectionString: small.connectionString, max: 20 });
    crowd.on("error", () => {});
    const clients = (await Promise.allSettled(Array.from({ length: 12 }, () => crowd.connect()))).flatMap((outcome) =>
      outcome.status === "fulfilled" ? [outcome.value] : [],
    );
    await clients[0]?.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'eventfold'",
    );
    clients.push(await crowd.connect().catch(() => clients[0] as never));
    expect(await refusal({ connectionString: small.connectionString })).toMatchObject({
      code: "STORAGE_UNAVAILABLE",
      isRetryable: true,
    });
    const waiting = stream.publish({ events: numbered(1) });
    for (const client of new Set(clients)) client.release(true);
    expect(await waiting).toHaveLength(1);
    await adapter.close();
    await crowd.end();
  });
});
