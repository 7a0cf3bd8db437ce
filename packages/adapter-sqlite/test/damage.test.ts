import { join } from "node:path";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteProjectionStorageAdapter } from "@eventfold/adapter-sqlite/projections";
import { ProjectionStore } from "@eventfold/projections";
import { filter } from "@eventfold/query";
import { EventStore } from "@eventfold/store";
import { aProjection } from "@eventfold/testing";
import type BetterSqlite3 from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { freshFolder } from "./fresh-folder.ts";
import { preparedEvent, saveOf } from "./prepared-event.ts";
import { LOG, scanned } from "./scanned.ts";

const DAMAGED = { code: "NOT_A_DATABASE", isRetryable: false };

describe("a database that somebody has changed by hand", () => {
  let folder: Awaited<ReturnType<typeof freshFolder>>;
  let filename: string;
  let adapter: SqliteEventStorageAdapter;
  let projections: SqliteProjectionStorageAdapter;
  let store: ProjectionStore;
  const projection = aProjection().withName("account").withId("s").withState({ city: "Lagos" }).build();
  const changed = (sql: string) =>
    adapter.transaction(async ({ client }: { readonly client: BetterSqlite3.Database }) => void client.exec(sql));

  beforeEach(async () => {
    folder = await freshFolder();
    filename = join(folder.path, "app.db");
    adapter = await SqliteEventStorageAdapter.open({ filename });
    projections = await SqliteProjectionStorageAdapter.open({ shareWith: adapter });
    store = new ProjectionStore({ adapter: projections });
    await store.save(projection);
  });
  afterEach(async () => {
    await projections.close();
    await adapter.close();
    await folder.dispose();
  });

  const eventCalls: readonly (readonly [string, () => Promise<unknown>])[] = [
    ["a publish of one event", () => adapter.storage.save(saveOf("a", 1))],
    ["a publish of several events", () => adapter.storage.save(saveOf("a", 3))],
    ["the latest event", () => adapter.storage.latest(LOG)],
    ["an event by its id", () => adapter.storage.eventById(preparedEvent().id)],
    ["a scan", () => scanned(adapter.storage, LOG)],
    ["a scan of a stream", () => scanned(adapter.storage, { kind: "stream", category: "things", stream: "s" })],
    ["the categories", () => adapter.storage.categories({ after: undefined, limit: 1 })[Symbol.asyncIterator]().next()],
    ["the streams", () => adapter.storage.streams("c", { after: undefined, limit: 1 })[Symbol.asyncIterator]().next()],
    ["a publish in a transaction", () => adapter.transaction((tx) => tx.storage.save(saveOf("a", 1)))],
    ["a read in a transaction", () => adapter.transaction((tx) => tx.storage.latest(LOG))],
    ["another adapter that is opened", () => SqliteEventStorageAdapter.open({ filename })],
    ["one that only checks", () => SqliteEventStorageAdapter.open({ filename, migrations: "check" })],
  ];

  it.each(eventCalls)("is called that by %s when tables of events are missing", async (title, call) => {
    const isOpening = title.includes("another") || title.includes("checks");
    await changed(isOpening ? "DROP TABLE eventfold_log" : "DROP TABLE eventfold_events");
    await expect(call()).rejects.toMatchObject(DAMAGED);
  });

  it.each([
    ["an index", "DROP INDEX eventfold_events_by_stream"],
    ["a column", "ALTER TABLE eventfold_events RENAME COLUMN payload TO body"],
    ["every table", "DROP TABLE eventfold_events; DROP TABLE eventfold_log; DROP TABLE eventfold_migrations"],
  ])("is called that when %s is missing", async (_, sql) => {
    await adapter.storage.save(saveOf("a", 1));
    await changed(sql);
    await expect(adapter.storage.save(saveOf("a", 1))).rejects.toMatchObject(DAMAGED);
    await expect(scanned(adapter.storage, { kind: "stream", category: "things", stream: "a" })).rejects.toMatchObject(
      DAMAGED,
    );
  });

  it("is called that by whatever needs tags when their table is missing", async () => {
    await changed("DROP TABLE eventfold_event_tags");
    const tagged = saveOf("a", [preparedEvent({ tags: ["x"] })]);
    const matching = [{ tags: ["x"] }];
    await expect(adapter.storage.save(tagged)).rejects.toMatchObject(DAMAGED);
    await expect(scanned(adapter.storage, LOG, { bounds: { matching } })).rejects.toMatchObject(DAMAGED);
    const judged = { ...saveOf("a", 1), failIf: { items: matching, after: 0 } };
    await expect(adapter.storage.save(judged)).rejects.toMatchObject(DAMAGED);
    await expect(SqliteEventStorageAdapter.open({ filename })).rejects.toMatchObject(DAMAGED);
  });

  it("does not have its write lock kept by a publish that was refused", async () => {
    await changed("ALTER TABLE eventfold_events RENAME TO moved");
    await expect(adapter.storage.save(saveOf("a", 1))).rejects.toMatchObject(DAMAGED);
    const { default: Database } = await import("better-sqlite3");
    const client = new Database(filename, { timeout: 0 });
    client.exec("ALTER TABLE moved RENAME TO eventfold_events");
    client.close();
    expect((await adapter.storage.save(saveOf("a", 1))).kind).toBe("stored");
  });

  const key = { name: "account", id: "s", projectorVersion: 1 } as const;
  const projectionCalls: readonly (readonly [string, () => Promise<unknown>])[] = [
    ["load", () => store.load(key)],
    ["locate", () => store.locate({ name: "account", source: projection.source })],
    ["search", () => store.search({ filters: [filter("state.city" as never, "equal", "Lagos" as never)] })],
    ["a search without filters", () => store.search({})],
  ];
  const projectionWrites: readonly (readonly [string, () => Promise<unknown>])[] = [
    ["save", () => store.save(projection)],
    ["delete", () => store.delete(key)],
    ["clear", () => store.clear("account")],
    ["activate", () => store.activate({ name: "account", projectorVersion: 2 })],
    ["save in a transaction", () => adapter.transaction((tx) => store.within(tx).save(projection))],
    ["opening", () => SqliteProjectionStorageAdapter.open({ filename })],
  ];

  it.each([...projectionCalls, ...projectionWrites])(
    "is called that by %s when tables of projections are missing",
    async (title, call) => {
      if (title === "opening") await changed("DROP TABLE eventfold_projection_versions");
      else await changed("DROP TABLE eventfold_projections; DROP TABLE eventfold_projection_versions");
      await expect(call()).rejects.toMatchObject(DAMAGED);
    },
  );

  describe.each([
    ["a payload", "payload", '{"n":'],
    ["a large payload", "payload", `"${"x".repeat(10_000)}`],
    ["metadata", "metadata", ""],
    ["tags", "tags", "["],
    ["tags as an object", "tags", '{"0":"a"}'],
    ["a tag as a number", "tags", '["a",1]'],
  ])("that has %s which is not what was stored", (_, column, text) => {
    const stored = saveOf("s", 2);
    const id = stored.writes[0]?.events[1]?.id ?? "";
    beforeEach(async () => {
      await adapter.storage.save(stored);
      await adapter.transaction(async ({ client }) => {
        client.prepare(`UPDATE eventfold_events SET ${column} = ? WHERE sequence_number = 2`).run(text);
      });
    });
    const event = { id, category: "things", stream: "s", position: 1, sequenceNumber: 2 };
    const told = { code: "UNREADABLE_EVENT", isRetryable: false, event };

    it.each<readonly [string, () => Promise<unknown>]>([
      ["a scan of the log", () => scanned(adapter.storage, LOG)],
      ["a scan of its category", () => scanned(adapter.storage, { kind: "category", category: "things" })],
      ["a scan of its stream", () => scanned(adapter.storage, { kind: "stream", category: "things", stream: "s" })],
      ["the latest event", () => adapter.storage.latest(LOG)],
      ["the event by its id", () => adapter.storage.eventById(id)],
      ["the repeat of its publish", () => adapter.storage.save(stored)],
      ["a read in a transaction", () => adapter.transaction((tx) => tx.storage.latest(LOG))],
      ["a store", () => new EventStore({ adapter }).log().read()],
    ])("says which event it is to %s", async (__, call) => {
      await expect(call()).rejects.toMatchObject(told);
    });
  });

  it.each(["state", "metadata", "source"])("says which projection has a %s that is not JSON", async (column) => {
    await changed(`UPDATE eventfold_projections SET ${column} = '{"city":'`);
    const told = { ...DAMAGED, message: expect.stringMatching(/"account" of version 1 .* "s" is damaged/) };
    for (const [title, call] of projectionCalls) {
      if (title === "locate" && column === "source") continue; // it is found by that
      await expect(call()).rejects.toMatchObject(told);
    }
  });

  describe("with a trigger that ignores what is written", () => {
    const NOT_WRITTEN = { code: "STORAGE_FAILED", isRetryable: false, message: expect.stringContaining("trigger") };
    const ignoring = (table: string, when = "TRUE") =>
      changed(`CREATE TRIGGER ignoring BEFORE INSERT ON ${table} WHEN ${when} BEGIN SELECT RAISE(IGNORE); END`);

    it("acknowledges no event, and fails no other publish of the same commit", async () => {
      await ignoring("eventfold_events", "NEW.stream = 'ignored'");
      const outcomes = await Promise.allSettled([
        adapter.storage.save(saveOf("a", 1)),
        adapter.storage.save(saveOf("ignored", 1)),
        adapter.storage.save(saveOf("ignored", 3)),
        adapter.storage.save(saveOf("b", 2)),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected", "fulfilled"]);
      for (const { reason } of outcomes.filter(({ status }) => status === "rejected") as PromiseRejectedResult[]) {
        expect(reason).toMatchObject(NOT_WRITTEN);
      }
      expect((await scanned(adapter.storage, LOG)).map(({ stream }) => stream)).toEqual(["a", "b", "b"]);
    });

    it("stores nothing of a publish when one of its events is ignored", async () => {
      await ignoring("eventfold_events", "NEW.position = 1");
      await expect(adapter.storage.save(saveOf("a", 3))).rejects.toMatchObject(NOT_WRITTEN);
      await adapter.transaction(async (tx) => {
        await expect(tx.storage.save(saveOf("a", 3))).rejects.toMatchObject(NOT_WRITTEN);
      });
      expect(await scanned(adapter.storage, LOG)).toEqual([]);
    });

    it("stores nothing of a publish when one of its tags is ignored", async () => {
      await ignoring("eventfold_event_tags", "NEW.tag = 'b'");
      const events = [preparedEvent({ tags: ["a", "b"] }), preparedEvent({ tags: ["b"] })];
      await expect(adapter.storage.save(saveOf("a", events))).rejects.toMatchObject(NOT_WRITTEN);
      await expect(adapter.storage.save(saveOf("a", events.slice(1)))).rejects.toMatchObject(NOT_WRITTEN);
      await adapter.transaction(async (tx) => {
        await expect(tx.storage.save(saveOf("a", events))).rejects.toMatchObject(NOT_WRITTEN);
      });
      expect(await scanned(adapter.storage, LOG)).toEqual([]);
    });

    it("acknowledges no projection", async () => {
      await ignoring("eventfold_projections");
      await expect(store.save({ ...projection, id: "new" })).rejects.toMatchObject(NOT_WRITTEN);
    });

    it("acknowledges no active version", async () => {
      await ignoring("eventfold_projection_versions");
      await expect(store.activate({ name: "account", projectorVersion: 2 })).rejects.toMatchObject(NOT_WRITTEN);
    });

    it("creates no log whose guarantee is not stored", async () => {
      await changed("DELETE FROM eventfold_log");
      await ignoring("eventfold_log");
      await expect(SqliteEventStorageAdapter.open({ filename })).rejects.toMatchObject(NOT_WRITTEN);
    });
  });

  it("passes on what a trigger raises, and stores nothing", async () => {
    await changed("CREATE TRIGGER raising BEFORE INSERT ON eventfold_events BEGIN SELECT RAISE(ABORT, 'no'); END");
    await expect(adapter.storage.save(saveOf("a", 2))).rejects.toMatchObject({
      code: "STORAGE_FAILED",
      isRetryable: false,
    });
    expect(await scanned(adapter.storage, LOG)).toEqual([]);
  });

  it.each(["ROLLBACK", "FAIL"])("survives a trigger that raises %s", async (kind) => {
    await changed(
      `CREATE TRIGGER raising BEFORE INSERT ON eventfold_events WHEN NEW.position = 1 BEGIN SELECT RAISE(${kind}, 'no'); END`,
    );
    const outcomes = await Promise.allSettled([
      adapter.storage.save(saveOf("a", 2)),
      adapter.storage.save(saveOf("b", 1)),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
    expect((await scanned(adapter.storage, LOG)).map(({ stream }) => stream)).toEqual(["b"]);
  });
});
