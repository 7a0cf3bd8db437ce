import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { PostgresProcessingStorageAdapter } from "@eventfold/adapter-postgres/processing";
import { PostgresProjectionStorageAdapter } from "@eventfold/adapter-postgres/projections";
import { EventStore, eventsMatch, positionAfter, streamIsEmpty, taggedWith } from "@eventfold/store";
import type { SchemaMigration } from "@eventfold/store/adapter";
import { Client } from "pg";
import { describe, expect, it } from "vitest";
import { eventMigrations } from "../src/migrations/event-migrations.ts";
import type { Migration } from "../src/migrations/migration.ts";
import { MigrationRunner } from "../src/migrations/migration-runner.ts";
import { processingMigrations } from "../src/processing/migrations/processing-migrations.ts";
import { projectionMigrations } from "../src/projections/migrations/projection-migrations.ts";
import { numbered } from "./events.ts";
import { everyCall } from "./processing/every-call.ts";
import { writeOf } from "./projections/prepared.ts";
import { queryRows } from "./query-rows.ts";
import { testServer } from "./test-server.ts";

const { connectionString } = await testServer();
let schemas = 0;

function newSchema(): string {
  schemas += 1;
  return `later_${schemas}`;
}

const TABLES = {
  events: ["events", "events_tags", "events_settings"],
  projections: ["projections", "projections_versions", "projections_completeness"],
  processing: ["sessions", "subscriptions", "partitions", "parked", "locks"].map((table) => `processing_${table}`),
};
type Part = keyof typeof TABLES;
const PARTS = ["events", "projections", "processing"] as const;
const ADAPTERS = [
  ["events", PostgresEventStorageAdapter],
  ["projections", PostgresProjectionStorageAdapter],
  ["processing", PostgresProcessingStorageAdapter],
] as const;
const MIGRATIONS = { events: eventMigrations, projections: projectionMigrations, processing: processingMigrations };

function known(part: Part, schema: string): readonly Migration[] {
  return MIGRATIONS[part]({ schema });
}

/** A migration that this release does not have: each table gets another column. */
function laterMigration(part: Part, schema: string, compatible: boolean): Migration {
  const sql = TABLES[part].map((table) => `alter table ${schema}.${table} add column note text not null default ''`);
  const version = known(part, schema).length + 1;
  return { version, name: "notes", checksum: "of notes", compatible, sql: sql.join(";") };
}

async function withRunner<T>(
  {
    part,
    schema,
    migrations,
  }: { readonly part: Part; readonly schema: string; readonly migrations: readonly Migration[] },
  work: (runner: MigrationRunner, client: never) => Promise<T>,
): Promise<T> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return await work(
      new MigrationRunner({ schema, table: `${schema}.${part}_migrations`, migrations }),
      client as never,
    );
  } finally {
    await client.end();
  }
}

async function migrateLater(schema: string, { compatible }: { readonly compatible: boolean }): Promise<void> {
  for (const part of PARTS) {
    const migrations = [...known(part, schema), laterMigration(part, schema, compatible)];
    await withRunner({ part, schema, migrations }, (runner, client) => runner.apply(client));
  }
}

async function openAll(schema: string, migrations: "apply" | "check" = "apply") {
  const events = await PostgresEventStorageAdapter.open({ connectionString, schema, migrations });
  const projections = await PostgresProjectionStorageAdapter.open({ connectionString, schema, migrations });
  const processing = await PostgresProcessingStorageAdapter.open({ connectionString, schema, migrations });
  return { events, projections, processing };
}

/** Calls every function of the schema. */
async function useAll({ events, projections, processing }: Awaited<ReturnType<typeof openAll>>): Promise<void> {
  const store = new EventStore({ adapter: events });
  const stream = store.stream({ category: "c", stream: crypto.randomUUID() });
  for (const count of [1, 1, 2]) await stream.publish({ events: numbered(count) });
  await Promise.all([1, 1, 1, 2].map((count) => stream.publish({ events: numbered(count) })));
  expect(await stream.read({ constraints: [positionAfter(0)] })).toHaveLength(8);
  const tagged = store.stream({ category: "c", stream: crypto.randomUUID() });
  const tags = [crypto.randomUUID(), "any"];
  const [first, ...more] = [1, 2, 3].map((n) => ({ name: "tagged", payload: n, tags }));
  if (first === undefined) throw new Error("There is a first event.");
  await tagged.publish({ events: [first], condition: streamIsEmpty() });
  const { changed } = await store.boundary(eventsMatch(taggedWith(...(tags as [string])), { names: ["none"] }));
  await tagged.publish({ events: [first], failIf: changed });
  await expect(tagged.publish({ events: more, failIf: changed })).rejects.toMatchObject({ code: "EVENTS_MATCHED" });
  for (const source of [store.log(), store.category("c"), tagged]) {
    expect(await source.read({ constraints: [taggedWith("any", ...tags)] })).toHaveLength(2);
  }
  expect((await store.category("c").read()).length).toBeGreaterThanOrEqual(9);
  expect((await store.log().read()).length).toBeGreaterThanOrEqual(9);
  expect(await events.newsOf([{ source: stream.identifier, after: 0 }])).toHaveLength(1);
  await events.migrate();

  const [name, projectorVersion] = ["p", 1];
  const source = { kind: "stream", category: "c", stream: "s" } as const;
  const document = { id: "a", name, source, state: { n: 1 }, metadata: null };
  expect(await projections.storage.save({ writes: [writeOf(document)] })).toEqual({ kind: "saved" });
  expect(await projections.storage.load({ name, id: "a", projectorVersion: undefined })).toMatchObject({ id: "a" });
  expect(await projections.storage.loadMany({ name, ids: ["a"], projectorVersion })).toMatchObject([{ id: "a" }]);
  const ofLog = { name, projectorVersion, source: { kind: "log" } as const };
  const completed = await projections.storage.save({ writes: [], completeness: { ...ofLog, seen: 0, upTo: 1 } });
  expect(completed).toEqual({ kind: "saved" });
  expect(await projections.storage.startingPoint({ ...ofLog, ids: ["a"] })).toMatchObject({ completeUpTo: 1 });
  expect(await projections.storage.activate({ name, projectorVersion })).toBe(1);
  expect(await projections.storage.clear({ name, projectorVersion: undefined })).toBe(1);
  for (const call of everyCall(processing.storage)) await call();
  await events.close();
  await projections.close();
  await processing.close();
}

describe("this release, on the schema of a later one", () => {
  it.each(["apply", "check"] as const)("opens and works when that is compatible, with migrations: %s", async (mode) => {
    const schema = newSchema();
    await migrateLater(schema, { compatible: true });
    await useAll(await openAll(schema, mode));
  });

  it("goes on publishing while that is applied, when it is compatible", async () => {
    const schema = newSchema();
    const opened = await openAll(schema);
    const stream = new EventStore({ adapter: opened.events }).stream({ category: "c", stream: "rolling" });
    let isMigrated = false;
    const migrating = migrateLater(schema, { compatible: true }).finally(() => {
      isMigrated = true;
    });
    let published = 0;
    for (; !isMigrated || published < 50; published += 1) await stream.publish({ events: numbered(1, published) });
    await migrating;
    expect((await stream.read()).map(({ payload }) => payload)).toEqual(
      Array.from({ length: published }, (_, n) => ({ n })),
    );
    await useAll(opened);
  });

  it("is refused when that is not compatible, and touches nothing", async () => {
    const schema = newSchema();
    await migrateLater(schema, { compatible: false });
    for (const migrations of ["apply", "check"] as const) {
      for (const [part, adapter] of ADAPTERS) {
        const knownVersion = known(part, schema).length;
        await expect(adapter.open({ connectionString, schema, migrations })).rejects.toMatchObject({
          code: "SCHEMA_TOO_NEW",
          storedVersion: knownVersion + 1,
          knownVersion,
        });
      }
    }
  });

  it("is refused where one of several is not compatible", async () => {
    const schema = newSchema();
    const first = laterMigration("events", schema, false);
    const last = { ...first, version: first.version + 1, compatible: true, sql: "select" };
    const migrations = [...known("events", schema), first, last];
    await withRunner({ part: "events", schema, migrations }, (runner, client) => runner.apply(client));
    await expect(PostgresEventStorageAdapter.open({ connectionString, schema })).rejects.toMatchObject({
      code: "SCHEMA_TOO_NEW",
      storedVersion: last.version,
    });
  });

  it("lists its migrations and those of the later one, as they were recorded", async () => {
    const schema = newSchema();
    await migrateLater(schema, { compatible: true });
    const opened = await openAll(schema);
    for (const part of PARTS) {
      const all: readonly SchemaMigration[] = [...known(part, schema), laterMigration(part, schema, true)];
      expect(await opened[part].migrations()).toEqual(
        all.map(({ version, name, checksum, compatible }) => ({
          ...{ version, name, checksum, compatible },
          appliedAt: expect.any(Date),
        })),
      );
      await opened[part].close();
    }
  });
});

describe.each(PARTS)("releases that know fewer migrations of %s", (part) => {
  it("open on the schema of this one as far as its migrations are compatible", async () => {
    const schema = newSchema();
    const opened = await openAll(schema);
    for (const each of PARTS) await opened[each].close();
    const all = known(part, schema);
    for (let count = 1; count < all.length; count += 1) {
      const migrations = all.slice(0, count);
      const isRefused = all.slice(count).some(({ compatible }) => !compatible);
      for (const mode of ["apply", "check"] as const) {
        const opening = withRunner({ part, schema, migrations }, (runner, client) => runner[mode](client));
        if (isRefused) await expect(opening).rejects.toMatchObject({ code: "SCHEMA_TOO_NEW", knownVersion: count });
        else await opening;
      }
    }
  });
});

describe.each(ADAPTERS)("a schema whose migration of %s had another text", (part, adapter) => {
  it("is refused, with both checksums", async () => {
    const schema = newSchema();
    await (await adapter.open({ connectionString, schema })).close();
    await queryRows(connectionString, `update ${schema}.${part}_migrations set checksum = 'edited' where version = 2`);
    const edited = known(part, schema)[1];
    for (const migrations of ["apply", "check"] as const) {
      await expect(adapter.open({ connectionString, schema, migrations })).rejects.toMatchObject({
        name: "MigrationEditedError",
        code: "MIGRATION_EDITED",
        version: 2,
        migration: edited?.name,
        storedChecksum: "edited",
        knownChecksum: edited?.checksum,
        message: expect.stringContaining("Released migrations are never edited"),
      });
    }
  });
});
