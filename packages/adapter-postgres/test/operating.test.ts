import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { eventMigrations, PostgresEventStorageAdapter, runtimeGrants } from "@eventfold/adapter-postgres";
import { EventStore, eventsMatch, streamIsEmpty, taggedWith } from "@eventfold/store";
import { Client } from "pg";
import { describe, expect, it } from "vitest";
import { numbered } from "./events.ts";
import { queryRows } from "./query-rows.ts";
import { batchBehind } from "./restored-batch.ts";
import { testServer } from "./test-server.ts";

const server = await testServer();
const { connectionString } = server;

describe("migrations", () => {
  it("are applied once when twenty adapters open at the same time", async () => {
    const options = { connectionString: await server.createDatabase(), maxConnections: 1, notifications: false };
    const adapters = await Promise.all(Array.from({ length: 20 }, () => PostgresEventStorageAdapter.open(options)));
    const versions = await queryRows(options.connectionString, "select version from eventfold.events_migrations");
    expect(versions).toEqual(eventMigrations().map(({ version }) => version));
    await Promise.all(adapters.map((adapter) => adapter.close()));
  });

  it("are applied once when several processes start at the same time", async () => {
    const database = await server.createDatabase();
    const script = new URL("./processes/open-and-publish.ts", import.meta.url).pathname;
    const children = Array.from({ length: process.env.EVENTFOLD_SOAK ? 20 : 4 }, () =>
      spawn(process.execPath, ["--conditions=eventfold-source", script, database], { stdio: "inherit" }),
    );
    const codes = await Promise.all(children.map(async (child) => (await once(child, "exit"))[0]));
    expect(codes).toEqual(children.map(() => 0));
    expect(await queryRows(database, "select count(*)::int from eventfold.events")).toEqual([children.length]);
  });

  it("are listed, with when the log had each", async () => {
    const adapter = await PostgresEventStorageAdapter.open({ connectionString });
    expect(await adapter.migrations()).toEqual(
      eventMigrations().map(({ sql, ...migration }) => ({ ...migration, appliedAt: expect.any(Date) })),
    );
    await adapter.close();
  });

  it("can be run by hand from their SQL", async () => {
    const database = await server.createDatabase();
    await queryRows(database, "create schema by_hand");
    await queryRows(
      database,
      `create table by_hand.events_migrations (version integer primary key, name text not null, checksum text not null,
         compatible boolean not null, applied_at timestamptz not null default now())`,
    );
    const migrations = eventMigrations({ schema: "by_hand", orderingGuarantee: "category" });
    for (const { sql, version, name, checksum, compatible } of migrations) {
      await queryRows(database, sql);
      await queryRows(
        database,
        "insert into by_hand.events_migrations (version, name, checksum, compatible) values ($1, $2, $3, $4)",
        [version, name, checksum, compatible],
      );
    }
    const adapter = await PostgresEventStorageAdapter.open({
      ...{ connectionString: database, schema: "by_hand", migrations: "check" },
    });
    expect(adapter.orderingGuarantee).toBe("category");
    await adapter.close();
  });

  it("set the sequence past what logical replication has brought", async () => {
    const schema = "replicated";
    const adapter = await PostgresEventStorageAdapter.open({ connectionString, schema });
    await queryRows(
      connectionString,
      `insert into ${schema}.events (sequence_number, id, category, stream, position, name, version, size, observed_at, occurred_at, payload)
       overriding system value values (1000, gen_random_uuid(), 'c', 's', 0, 'n', 1, 2, now(), now(), '{}')`,
    );
    await adapter.migrate();
    const [event] = await new EventStore({ adapter })
      .stream({ category: "c", stream: "s" })
      .publish({ events: numbered(1) });
    expect(event).toMatchObject({ sequenceNumber: 1001, position: 1 });
    await adapter.close();
  });
});

describe("a runtime role", () => {
  it("publishes and reads with no right to insert, to change or to create", async () => {
    const database = await server.createDatabase();
    const owner = await PostgresEventStorageAdapter.open({ connectionString: database });
    await owner.close();
    await queryRows(database, "create role least login password 'least'");
    for (const grant of runtimeGrants({ role: "least" })) await queryRows(database, grant);
    const url = new URL(database);
    url.username = url.password = "least";
    const adapter = await PostgresEventStorageAdapter.open({ connectionString: url.href });
    const store = new EventStore({ adapter });
    const stream = store.stream({ category: "c", stream: "s" });
    await stream.publish({ events: numbered(1), condition: streamIsEmpty() });
    await Promise.all([stream.publish({ events: numbered(1) }), stream.publish({ events: numbered(2) })]);
    expect(await store.log().read()).toHaveLength(4);
    const tagged = (...tags: string[]) => ({ name: "tagged", payload: 1, tags });
    const other = store.stream({ category: "c", stream: "t" });
    await other.publish({ events: [tagged("a")], condition: streamIsEmpty() });
    const { events, changed } = await store.boundary(eventsMatch({ tags: ["a", "b"] }, { names: ["tagged"] }));
    expect(events).toHaveLength(1);
    await other.publish({ events: [tagged("a", "b")], failIf: changed });
    await expect(other.publish({ events: [tagged("b"), tagged("c")], failIf: changed })).rejects.toMatchObject({
      code: "EVENTS_MATCHED",
    });
    for (const source of [store.log(), store.category("c"), other]) {
      for (const query of [taggedWith("a"), taggedWith("b", "a"), eventsMatch({ names: ["tagged"] })]) {
        expect(await source.read({ constraints: [query] })).not.toEqual([]);
      }
    }
    await expect(adapter.migrate()).rejects.toMatchObject({ code: "STORAGE_ACCESS_DENIED" });
    const texts = adapter.storage.storedTexts?.(
      { kind: "log" },
      { direction: "backwards", limit: 1, maxTextLength: 1 },
    );
    expect((await texts?.[Symbol.asyncIterator]().next())?.value).toMatchObject([{ name: "tagged", payload: "1" }]);
    await expect(adapter.restore(batchBehind(0))).rejects.toMatchObject({
      code: "STORAGE_ACCESS_DENIED",
      message: expect.stringContaining("the rights of the log's owner"),
    });
    expect(await store.log().read()).toHaveLength(6);
    await adapter.close();
    for (const forbidden of [
      "insert into eventfold.events overriding system value select * from eventfold.events",
      "update eventfold.events set name = 'x'",
      "delete from eventfold.events",
      "truncate eventfold.events",
      "insert into eventfold.events_tags values ('t', 1, 'n')",
      "delete from eventfold.events_tags",
      "create table eventfold.mine ()",
      "alter table eventfold.events add mine int",
      "select nextval('eventfold.events_sequence_number_seq')",
      "select eventfold.events_order('{}', '{}', 1)",
      "select eventfold.events_order_tagged('{}', '{}', '{}', '{}', 1)",
      "select eventfold.events_first_match('{t}', null, 0)",
    ]) {
      await expect(queryRows(url.href, forbidden), forbidden).rejects.toMatchObject({ code: "42501" });
    }
  });

  it("without its grants is denied, and nothing is written", async () => {
    const database = await server.createDatabase();
    await (await PostgresEventStorageAdapter.open({ connectionString: database })).close();
    await queryRows(database, "create role stranger login password 'stranger'");
    const url = new URL(database);
    url.username = url.password = "stranger";
    await expect(PostgresEventStorageAdapter.open({ connectionString: url.href })).rejects.toMatchObject({
      code: "STORAGE_ACCESS_DENIED",
    });
  });

  it("cannot shadow what the functions call", async () => {
    const database = await server.createDatabase();
    await (await PostgresEventStorageAdapter.open({ connectionString: database })).close();
    await queryRows(database, "create function public.octet_length(text) returns int language sql as 'select -1'");
    await queryRows(
      database,
      `alter database ${new URL(database).pathname.slice(1)} set search_path = public, pg_catalog`,
    );
    const adapter = await PostgresEventStorageAdapter.open({ connectionString: database });
    const store = new EventStore({ adapter });
    await store.stream({ category: "c", stream: "s" }).publish({ events: numbered(1) });
    expect(await queryRows(database, "select size from eventfold.events")).toEqual([7]);
    expect(await store.log().read()).toHaveLength(1);
    await adapter.close();
  });
});

describe("a role that may only connect", () => {
  it("sees nothing, and can hold the log until the functions for that are taken from it", async () => {
    const database = await server.createDatabase();
    const adapter = await PostgresEventStorageAdapter.open({ connectionString: database, writeTimeoutMs: 200 });
    const publish = () =>
      new EventStore({ adapter }).stream({ category: "c", stream: "s" }).publish({ events: numbered(1) });
    await queryRows(database, "create role visitor login password 'visitor'");
    const url = new URL(database);
    url.username = url.password = "visitor";
    const visitor = new Client({ connectionString: url.href });
    await visitor.connect();
    const hold = () =>
      visitor.query(
        "begin; select pg_advisory_xact_lock(c.oid::integer, 0) from pg_class c where c.relname = 'events' and c.relkind = 'r'",
      );
    await expect(visitor.query("select * from eventfold.events")).rejects.toMatchObject({ code: "42501" });
    await hold();
    await expect(publish()).rejects.toMatchObject({ code: "STORAGE_BUSY" });
    await visitor.query("rollback");
    await queryRows(database, await takingLocksAway());
    await expect(hold()).rejects.toMatchObject({ code: "42501" });
    await visitor.query("rollback");
    expect(await publish()).toHaveLength(1);
    await visitor.end();
    await adapter.close();
    await queryRows(database, "drop role visitor");
  });
});

/** The statement that the documentation gives, for the role that the tests run under. */
async function takingLocksAway(): Promise<string> {
  const documentation = await readFile(new URL("../../../docs/postgresql.md", import.meta.url), "utf8");
  const [statement] = /^do \$\$.*?^end \$\$;$/ms.exec(documentation) ?? [];
  return statement?.replace("'log_owner'", "current_user") ?? "";
}
