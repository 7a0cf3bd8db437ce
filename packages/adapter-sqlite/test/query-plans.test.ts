import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import type { SourceIdentifier } from "@eventfold/types";
import type BetterSqlite3 from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { preparedEvent, saveOf } from "./prepared-event.ts";
import { LOG, scanned } from "./scanned.ts";

const CATEGORY: SourceIdentifier = { kind: "category", category: "things" };
const STREAM: SourceIdentifier = { kind: "stream", category: "things", stream: "a" };

describe("the query plans of SQLite, after ANALYZE", () => {
  let adapter: SqliteEventStorageAdapter;
  let client: BetterSqlite3.Database;
  beforeAll(async () => {
    adapter = await SqliteEventStorageAdapter.open({ filename: ":memory:" });
    for (const stream of ["a", "b", "c"]) await adapter.storage.save(saveOf(stream, 500));
    await adapter.transaction(async (tx) => {
      client = tx.client;
      client.exec("ANALYZE");
    });
  });
  afterAll(() => adapter.close());

  /** The plans of the statements that the work prepares for the first time. */
  const plansOf = async (work: () => Promise<unknown>): Promise<string[]> => {
    const prepare = vi.spyOn(client, "prepare");
    await work();
    const texts = prepare.mock.calls.map(([sql]) => sql);
    prepare.mockRestore();
    return texts.flatMap((sql) => planOf(sql));
  };
  const planOf = (sql: string): string[] => {
    const explain = client.prepare(`EXPLAIN QUERY PLAN ${sql}`);
    const values = Array.from({ length: sql.split("?").length - 1 }, () => 1);
    return (explain.all(...values) as { detail: string }[]).map(({ detail }) => detail);
  };
  const touchesEvents = (detail: string) => detail.includes("eventfold_events");

  it.each([
    ["the log", LOG, "SEARCH eventfold_events USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"],
    [
      "a category",
      CATEGORY,
      "SEARCH eventfold_events USING INDEX eventfold_events_by_category (category=? AND sequence_number>? AND sequence_number<?)",
    ],
    [
      "a stream",
      STREAM,
      "SEARCH eventfold_events USING INDEX eventfold_events_by_stream (category=? AND stream=? AND position>? AND position<?)",
    ],
  ] as const)("scan %s through its index, both ways, without sorting", async (_, source, search) => {
    const bounds = { names: ["happened"], occurredAfterMs: 0, observedBeforeMs: 9e15, sequenceNumberAfter: 3 };
    for (const direction of ["forwards", "backwards"] as const) {
      for (const options of [{ direction }, { direction, bounds }]) {
        const plans = await plansOf(() => scanned(adapter.storage, source, options));
        expect(plans).toContain(search);
        expect(plans.filter((detail) => detail.includes("TEMP B-TREE"))).toEqual([]);
        expect(plans.filter((detail) => touchesEvents(detail) && detail.startsWith("SCAN"))).toEqual([]);
      }
    }
  });

  it("find the latest event, events by id and places in a stream without scanning", async () => {
    const plans = await plansOf(async () => {
      for (const source of [LOG, CATEGORY, STREAM]) await adapter.storage.latest(source);
      await adapter.storage.eventById(preparedEvent().id);
    });
    expect(plans.filter(touchesEvents)).toEqual([
      "SEARCH eventfold_events USING INTEGER PRIMARY KEY (rowid<?)",
      "SEARCH eventfold_events USING INDEX eventfold_events_by_category (category=? AND sequence_number<?)",
      "SEARCH eventfold_events USING INDEX eventfold_events_by_stream (category=? AND stream=?)",
      "SEARCH eventfold_events USING INDEX eventfold_events_by_id (id=?)",
    ]);
    expect(plans.filter((detail) => detail.includes("TEMP B-TREE"))).toEqual([]);
  });

  it("find events by their tags, and the places of a category and a stream among them, by their indexes", async () => {
    const matching = [{ tags: ["a", "b"], names: ["happened"] }, { names: ["happened"] }];
    const plans = await plansOf(async () => {
      for (const source of [LOG, CATEGORY, STREAM]) {
        for (const direction of ["forwards", "backwards"] as const) {
          await scanned(adapter.storage, source, { direction, bounds: { matching, occurredAfterMs: 0 } });
        }
      }
      await adapter.storage.save({ ...saveOf("new", 1), failIf: { items: matching, after: 3 } });
    });
    const searches = plans.filter((detail) => detail.includes("eventfold_event"));
    for (const search of [
      "SEARCH eventfold_event_tags USING PRIMARY KEY (tag=? AND sequence_number>?)",
      "SEARCH eventfold_event_tags USING PRIMARY KEY (tag=? AND sequence_number<?)",
      "SEARCH eventfold_events USING COVERING INDEX eventfold_events_by_category (category=? AND sequence_number>?)",
      "SEARCH eventfold_events USING COVERING INDEX eventfold_events_by_category (category=? AND sequence_number<?)",
      "SEARCH eventfold_events USING COVERING INDEX eventfold_events_by_stream (category=? AND stream=? AND position>?)",
      "SEARCH eventfold_events USING COVERING INDEX eventfold_events_by_stream (category=? AND stream=? AND position<?)",
      "SEARCH eventfold_events USING INTEGER PRIMARY KEY (rowid=?)",
    ]) {
      expect(searches).toContain(search);
    }
    expect(searches.filter((detail) => detail.startsWith("SCAN"))).toEqual([]);
    expect(plans.filter((detail) => detail.includes("TEMP B-TREE"))).toEqual([]);
  });

  it("list streams and categories by leaping through an index", async () => {
    const plans = await plansOf(async () => {
      for await (const _ of adapter.storage.streams("things", { after: undefined, limit: undefined }));
      for await (const _ of adapter.storage.categories({ after: undefined, limit: undefined }));
    });
    const onEvents = plans.filter(touchesEvents);
    expect(onEvents.length).toBeGreaterThan(0);
    expect(onEvents.filter((detail) => !detail.startsWith("SEARCH") || !detail.includes("COVERING INDEX"))).toEqual([]);
    expect(plans.filter((detail) => detail.includes("TEMP B-TREE"))).toEqual([]);
  });
});
