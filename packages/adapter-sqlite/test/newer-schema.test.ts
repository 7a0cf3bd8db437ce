import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteProcessingStorageAdapter } from "@eventfold/adapter-sqlite/processing";
import { SqliteProjectionStorageAdapter } from "@eventfold/adapter-sqlite/projections";
import type { ProcessingStorage } from "@eventfold/processing";
import { Deadline } from "@eventfold/store/adapter";
import BetterSqlite3 from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EVENT_MIGRATIONS } from "../src/migrations/event-migrations.generated.ts";
import { migrate } from "../src/migrations/migrate.ts";
import type { Migration } from "../src/migrations/migration.ts";
import { PROCESSING_MIGRATIONS } from "../src/processing/migrations/processing-migrations.generated.ts";
import { PROJECTION_MIGRATIONS } from "../src/projections/migrations/projection-migrations.generated.ts";
import { freshFolder } from "./fresh-folder.ts";
import { preparedEvent, saveOf } from "./prepared-event.ts";
import { account, saveOfDocuments, searchOf } from "./projections/stored-documents.ts";
import { LOG, scanned } from "./scanned.ts";

const TABLES = {
  events: ["eventfold_events", "eventfold_event_tags", "eventfold_log"],
  projections: ["eventfold_projections", "eventfold_projection_versions", "eventfold_projection_completeness"],
  processing: ["sessions", "subscriptions", "partitions", "parked", "locks", "counters"].map(
    (ending) => `eventfold_processing_${ending}`,
  ),
};
const KNOWN = { events: EVENT_MIGRATIONS, projections: PROJECTION_MIGRATIONS, processing: PROCESSING_MIGRATIONS };
type Component = keyof typeof KNOWN;
const ADAPTERS = [
  ["events", SqliteEventStorageAdapter],
  ["projections", SqliteProjectionStorageAdapter],
  ["processing", SqliteProcessingStorageAdapter],
] as const;

/** A migration that this release does not have: each table gets another column. */
function laterMigration(component: Component, compatible: boolean): Migration {
  const sql = TABLES[component]
    .map((table) => `ALTER TABLE ${table} ADD COLUMN note TEXT NOT NULL DEFAULT '';`)
    .join("\n");
  return { version: KNOWN[component].length + 1, name: "notes", checksum: "of notes", compatible, sql };
}

describe("this release, on the schema of a later one", () => {
  let folder: Awaited<ReturnType<typeof freshFolder>>;
  let filename: string;
  beforeEach(async () => {
    folder = await freshFolder();
    filename = join(folder.path, "app.db");
  });
  afterEach(() => folder.dispose());

  async function migrateWith(component: Component, migrations: readonly Migration[]): Promise<void> {
    const client = new BetterSqlite3(filename);
    await migrate(client, { component, migrations, mode: "apply", deadline: Deadline.after(5_000) });
    client.close();
  }

  async function migrateLater({ compatible }: { readonly compatible: boolean }): Promise<void> {
    for (const component of ["events", "projections", "processing"] as const) {
      await migrateWith(component, [...KNOWN[component], laterMigration(component, compatible)]);
    }
  }

  async function openAll(migrations: "apply" | "check") {
    const events = await SqliteEventStorageAdapter.open({ filename, migrations });
    const projections = await SqliteProjectionStorageAdapter.open({ filename, migrations });
    const processing = await SqliteProcessingStorageAdapter.open({ filename, migrations });
    return { events, projections, processing };
  }

  async function useAll({ events, projections, processing }: Awaited<ReturnType<typeof openAll>>): Promise<void> {
    const stream = randomUUID();
    expect(await events.storage.save(saveOf(stream, 2))).toMatchObject({ kind: "stored" });
    expect((await scanned(events.storage, LOG)).at(-1)).toMatchObject({ stream, position: 1 });
    const [name, projectorVersion] = ["account", 1];
    expect(await projections.storage.save(saveOfDocuments([account("a", { n: 1 })]))).toEqual({ kind: "saved" });
    expect(await projections.storage.search(searchOf({}, name))).toHaveLength(1);
    const ofLog = { name, projectorVersion, source: { kind: "log" } as const };
    const completed = await projections.storage.save({ writes: [], completeness: { ...ofLog, seen: 0, upTo: 1 } });
    expect(completed).toEqual({ kind: "saved" });
    expect(await projections.storage.startingPoint({ ...ofLog, ids: [] })).toEqual({
      completeUpTo: 1,
      projections: [],
    });
    expect(await projections.storage.activate({ name, projectorVersion })).toBe(1);
    expect(await projections.storage.clear({ name, projectorVersion: undefined })).toBe(1);
    await useProcessing(processing.storage);
    await events.close();
    await projections.close();
    await processing.close();
  }

  async function useProcessing(storage: ProcessingStorage): Promise<void> {
    const [name, session] = [randomUUID(), randomUUID()];
    const startAt = { sequenceNumber: 0, eventId: undefined };
    const facts = { name, source: "log", partitioning: "stream/sha256-1", partitions: 1 };
    const [{ id: subscription } = { id: 0 }] = await storage.register([{ ...facts, startAt }]);
    await storage.beginSession({ id: session, name, leaseMs: 10_000 });
    const claimed = await storage.claim({ session, partitions: [{ subscription, partition: 0, token: 0 }] });
    expect(claimed).toMatchObject([{ subscription, token: 1 }]);
    const lease = { subscription, partition: 0, token: 1 };
    const place = { sequenceNumber: 7, hash: 0, eventId: randomUUID(), category: "c", stream: "s" };
    const event = { ...place, isWholeStream: true, attempts: 1, error: "poison" };
    expect(await storage.park({ ...lease, event, was: 0 })).toEqual({ kind: "parked" });
    expect(await storage.tryLock({ name, session, holder: session })).toMatchObject({ kind: "taken" });
    expect(await storage.status({ names: [name] })).toMatchObject({
      subscriptions: [{ status: [{ checkpoint: { sequenceNumber: 7 }, parked: 1 }] }],
    });
    await storage.endSession(session);
  }

  it.each(["apply", "check"] as const)("opens and works when that is compatible, with migrations: %s", async (mode) => {
    await migrateLater({ compatible: true });
    await useAll(await openAll(mode));
  });

  it("goes on when it was open already", async () => {
    const opened = await openAll("apply");
    await opened.events.storage.save(saveOf("before", 1));
    await migrateLater({ compatible: true });
    await useAll(opened);
  });

  it("is refused when that is not compatible, and touches nothing", async () => {
    await (await SqliteEventStorageAdapter.open({ filename })).close();
    await migrateLater({ compatible: false });
    for (const migrations of ["apply", "check"] as const) {
      for (const [component, adapter] of ADAPTERS) {
        const knownVersion = KNOWN[component].length;
        const refusal = { code: "SCHEMA_TOO_NEW", storedVersion: knownVersion + 1, knownVersion };
        await expect(adapter.open({ filename, migrations })).rejects.toMatchObject(refusal);
      }
    }
  });

  it("is refused where one of several is not compatible", async () => {
    const version = EVENT_MIGRATIONS.length + 2;
    const [first, last] = [laterMigration("events", false), { version, name: "more", checksum: "of more" }];
    await migrateWith("events", [...EVENT_MIGRATIONS, first, { ...last, compatible: true, sql: "SELECT 1" }]);
    await expect(SqliteEventStorageAdapter.open({ filename })).rejects.toMatchObject({
      code: "SCHEMA_TOO_NEW",
      storedVersion: version,
    });
  });

  it("lists its migrations and those of the later one, as they were recorded", async () => {
    await migrateLater({ compatible: true });
    const { events, projections, processing } = await openAll("apply");
    for (const [adapter, known] of [
      [events, EVENT_MIGRATIONS],
      [projections, PROJECTION_MIGRATIONS],
      [processing, PROCESSING_MIGRATIONS],
    ] as const) {
      expect(await adapter.migrations()).toEqual([
        ...known.map(({ sql, ...migration }) => ({ ...migration, appliedAt: expect.any(Date) })),
        {
          version: known.length + 1,
          name: "notes",
          checksum: "of notes",
          compatible: true,
          appliedAt: expect.any(Date),
        },
      ]);
      await adapter.close();
    }
  });
});

describe("this release, on a log that began before there were tags", () => {
  it("reads its events without tags, and goes on beside the older release", async () => {
    const folder = await freshFolder();
    const filename = join(folder.path, "app.db");
    const older = new BetterSqlite3(filename);
    const migrations = EVENT_MIGRATIONS.slice(0, 1);
    await migrate(older, { component: "events", migrations, mode: "apply", deadline: Deadline.after(5_000) });
    const publishAsBefore = (position: number) =>
      older
        .prepare(
          `INSERT INTO eventfold_events (category, stream, position, id, name, version, observed_at, occurred_at, payload, metadata)
           VALUES ('things', 'a', ?, randomblob(16), 'happened', 1, 0, 0, '{}', NULL)`,
        )
        .run(position);
    publishAsBefore(0);
    const adapter = await SqliteEventStorageAdapter.open({ filename });
    publishAsBefore(1);
    await adapter.storage.save(saveOf("a", [preparedEvent({ tags: ["x"] })]));
    expect((await scanned(adapter.storage, LOG)).map(({ position, tags }) => [position, tags])).toEqual([
      [0, []],
      [1, []],
      [2, ["x"]],
    ]);
    const judged = { ...saveOf("b", 1), failIf: { items: [{ names: ["happened"] }], after: 0 } };
    expect(await adapter.storage.save(judged)).toEqual({ kind: "matched", sequenceNumber: 1 });
    await adapter.close();
    older.close();
    await folder.dispose();
  });
});

describe.each(ADAPTERS)("a file whose migration of %s had another text", (component, adapter) => {
  it("is refused, with both checksums", async () => {
    const folder = await freshFolder();
    const filename = join(folder.path, "app.db");
    await (await adapter.open({ filename })).close();
    const client = new BetterSqlite3(filename);
    client.prepare("UPDATE eventfold_migrations SET checksum = 'edited' WHERE component = ?").run(component);
    client.close();
    const [known] = KNOWN[component];
    for (const migrations of ["apply", "check"] as const) {
      await expect(adapter.open({ filename, migrations })).rejects.toMatchObject({
        name: "MigrationEditedError",
        code: "MIGRATION_EDITED",
        version: 1,
        migration: known?.name,
        storedChecksum: "edited",
        knownChecksum: known?.checksum,
        message: expect.stringContaining("Released migrations are never edited"),
      });
    }
    await folder.dispose();
  });
});
