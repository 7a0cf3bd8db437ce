import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { Deadline } from "@eventfold/store/adapter";
import BetterSqlite3 from "better-sqlite3";
import { getTableConfig, type SQLiteTable } from "drizzle-orm/sqlite-core";
import { describe, expect, it } from "vitest";
import { migrationSources } from "../scripts/generate-migrations.ts";
import {
  eventsTable,
  eventTagsTable,
  keySubjectsTable,
  keysTable,
  logTable,
  migrationsTable,
  processingCountersTable,
  processingLocksTable,
  processingParkedTable,
  processingPartitionsTable,
  processingSessionsTable,
  processingSubscriptionsTable,
  projectionCompletenessTable,
  projectionsTable,
  projectionVersionsTable,
} from "../src/drizzle/index.ts";
import { KEY_MIGRATIONS } from "../src/keys/migrations/key-migrations.generated.ts";
import { EVENT_MIGRATIONS } from "../src/migrations/event-migrations.generated.ts";
import { migrate } from "../src/migrations/migrate.ts";
import { PROCESSING_MIGRATIONS } from "../src/processing/migrations/processing-migrations.generated.ts";
import { PROJECTION_MIGRATIONS } from "../src/projections/migrations/projection-migrations.generated.ts";

const COMPONENTS = [
  ["events", EVENT_MIGRATIONS],
  ["projections", PROJECTION_MIGRATIONS],
  ["processing", PROCESSING_MIGRATIONS],
  ["keys", KEY_MIGRATIONS],
] as const;
const GOLDEN = new URL("./golden/schema.sql", import.meta.url);

async function migrated(): Promise<BetterSqlite3.Database> {
  const client = new BetterSqlite3(":memory:");
  for (const [component, migrations] of COMPONENTS) {
    await migrate(client, { component, migrations, mode: "apply", deadline: Deadline.after(0) });
  }
  return client;
}

describe("the migrations", () => {
  it("ship as the .sql files say", async () => {
    for (const { file, text } of migrationSources()) expect(await readFile(file, "utf8")).toBe(text);
  });

  it.each(COMPONENTS)("of %s are numbered 1, 2, 3 …", (_, migrations) => {
    expect(migrations.map(({ version }) => version)).toEqual(migrations.map((__, index) => index + 1));
  });

  it("make the schema that was reviewed", async () => {
    const client = await migrated();
    const statements = client
      .prepare<[], string>(
        "SELECT sql FROM sqlite_schema WHERE name LIKE 'eventfold%' AND sql IS NOT NULL ORDER BY name",
      )
      .pluck();
    const dump = statements
      .all()
      .map((sql) => `${sql};\n`)
      .join("\n");
    if (process.env.EVENTFOLD_UPDATE_GOLDEN) await writeFile(GOLDEN, dump);
    expect(dump).toBe(await readFile(GOLDEN, "utf8"));
  });

  it("are recorded once each", async () => {
    const client = await migrated();
    await migrate(client, {
      component: "events",
      migrations: EVENT_MIGRATIONS,
      mode: "apply",
      deadline: Deadline.after(0),
    });
    const recorded = client
      .prepare("SELECT version, name, checksum, compatible FROM eventfold_migrations WHERE component = 'events'")
      .all();
    expect(recorded).toEqual(
      EVENT_MIGRATIONS.map(({ sql, compatible, ...migration }) => ({ ...migration, compatible: compatible ? 1 : 0 })),
    );
  });

  it("have the checksum of their text", () => {
    for (const { sql, checksum } of COMPONENTS.flatMap(([, migrations]) => migrations)) {
      expect(checksum).toBe(createHash("sha256").update(sql).digest("hex"));
    }
  });

  it("leave nothing behind when one of them fails", async () => {
    const client = await migrated();
    const broken = [
      ...EVENT_MIGRATIONS,
      {
        ...{ version: EVENT_MIGRATIONS.length + 1, name: "broken", checksum: "of broken", compatible: true },
        sql: "CREATE TABLE half (a); CREATE TABLE half (a)",
      },
    ];
    const attempt = migrate(client, {
      component: "events",
      migrations: broken,
      mode: "apply",
      deadline: Deadline.after(0),
    });
    await expect(attempt).rejects.toMatchObject({ code: "STORAGE_FAILED" });
    expect(client.prepare("SELECT name FROM sqlite_schema WHERE name = 'half'").all()).toEqual([]);
    expect(client.prepare("SELECT max(version) FROM eventfold_migrations").pluck().get()).toBe(EVENT_MIGRATIONS.length);
  });
});

describe.each([
  ["eventsTable", eventsTable],
  ["eventTagsTable", eventTagsTable],
  ["keySubjectsTable", keySubjectsTable],
  ["keysTable", keysTable],
  ["logTable", logTable],
  ["migrationsTable", migrationsTable],
  ["processingSessionsTable", processingSessionsTable],
  ["processingSubscriptionsTable", processingSubscriptionsTable],
  ["processingPartitionsTable", processingPartitionsTable],
  ["processingParkedTable", processingParkedTable],
  ["processingLocksTable", processingLocksTable],
  ["processingCountersTable", processingCountersTable],
  ["projectionsTable", projectionsTable],
  ["projectionVersionsTable", projectionVersionsTable],
  ["projectionCompletenessTable", projectionCompletenessTable],
] satisfies [string, SQLiteTable][])("the drizzle definition %s", (_, table) => {
  const { name, columns, indexes, primaryKeys } = getTableConfig(table);

  it("has the columns that the migrations make", async () => {
    const client = await migrated();
    const made = client.prepare('SELECT name, type, "notnull" AS required, pk FROM pragma_table_info(?)').all(name);
    const composite = primaryKeys.flatMap((key) => key.columns.map((column) => column.name));
    const keyPlace = (column: { name: string; primary: boolean }) =>
      column.primary ? 1 : composite.indexOf(column.name) + 1;
    const defined = columns.map((column) => ({
      name: column.name,
      type: column.getSQLType().toUpperCase(),
      // SQLite reports no NOT NULL of an integer primary key, which can be nothing else.
      required: column.notNull && !(column.primary && column.getSQLType() === "integer") ? 1 : 0,
      pk: keyPlace(column),
    }));
    expect(defined).toEqual(made);
  });

  it("has the indexes that the migrations make", async () => {
    const client = await migrated();
    const list = client.prepare("SELECT name, \"unique\" AS isUnique FROM pragma_index_list(?) WHERE origin = 'c'");
    const columnsOf = client.prepare("SELECT name FROM pragma_index_info(?) ORDER BY seqno").pluck();
    const made = (list.all(name) as { name: string; isUnique: number }[]).map((index) => ({
      name: index.name,
      isUnique: index.isUnique === 1,
      columns: columnsOf.all(index.name),
    }));
    const defined = indexes.map(({ config }) => ({
      name: config.name,
      isUnique: config.unique,
      columns: config.columns.map((column) => ("name" in column ? column.name : undefined)),
    }));
    const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);
    expect(defined.sort(byName)).toEqual(made.sort(byName));
  });
});
