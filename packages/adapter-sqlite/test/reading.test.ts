import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import type { ScanBounds } from "@eventfold/store/adapter";
import type { SourceIdentifier } from "@eventfold/types";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { preparedEvent, saveOf } from "./prepared-event.ts";
import { LOG, scanned, scanWith } from "./scanned.ts";

const COUNT = 20_000;
const CATEGORY: SourceIdentifier = { kind: "category", category: "things" };
const STREAM: SourceIdentifier = { kind: "stream", category: "things", stream: "long" };

describe("reading from SQLite", () => {
  let adapter: SqliteEventStorageAdapter;
  beforeAll(async () => {
    adapter = await SqliteEventStorageAdapter.open({ filename: ":memory:" });
    const rare = (index: number) => (index === 0 || index === COUNT - 1 ? "rare" : "happened");
    await adapter.storage.save(
      saveOf(
        "long",
        Array.from({ length: COUNT }, (_, index) => preparedEvent({ name: rare(index) })),
      ),
    );
    await adapter.storage.save(saveOf("elsewhere", 3, { category: "others" }));
  });
  afterAll(() => adapter.close());

  it.each([LOG, CATEGORY, STREAM])("reads all of %o, in pages that are bounded and never empty", async (source) => {
    for (const direction of ["forwards", "backwards"] as const) {
      const numbers: number[] = [];
      for await (const page of scanWith(adapter.storage, source, { direction })) {
        expect(page.length).toBeGreaterThan(0);
        expect(page.length).toBeLessThanOrEqual(1_000);
        numbers.push(...page.map(({ sequenceNumber }) => sequenceNumber));
      }
      if (direction === "backwards") numbers.reverse();
      expect(numbers).toEqual(Array.from({ length: COUNT + (source === LOG ? 3 : 0) }, (_, index) => index + 1));
    }
  });

  it.each([LOG, CATEGORY, STREAM])("finds what is rare in %o, both ways", async (source) => {
    const bounds = { names: ["rare"] };
    const forwards = await scanned(adapter.storage, source, { bounds });
    expect(forwards.map(({ sequenceNumber }) => sequenceNumber)).toEqual([1, COUNT]);
    const backwards = await scanned(adapter.storage, source, { bounds, direction: "backwards" });
    expect(backwards).toEqual(forwards.toReversed());
    expect(await scanned(adapter.storage, source, { bounds: { names: ["absent"] } })).toEqual([]);
    expect(await scanned(adapter.storage, source, { bounds: { names: [] } })).toEqual([]);
  });

  it.each([
    [{ sequenceNumberAfter: 19_990 }, 10],
    [{ sequenceNumberAfter: 5, sequenceNumberBefore: 10_006 }, 10_000],
    [{ positionAfter: 3, sequenceNumberBefore: 9 }, 4],
    [{ positionAfter: 19_997, sequenceNumberAfter: 3 }, 2],
    [{ positionAfter: COUNT }, 0],
    [{ sequenceNumberAfter: COUNT + 100 }, 0],
    [{ sequenceNumberBefore: 1 }, 0],
    [{ positionAfter: 7, positionBefore: 8 }, 0],
  ] satisfies [ScanBounds, number][])("keeps to %o in a stream", async (bounds, count) => {
    const forwards = await scanned(adapter.storage, STREAM, { bounds });
    expect(forwards).toHaveLength(count);
    expect(await scanned(adapter.storage, STREAM, { bounds, direction: "backwards" })).toEqual(forwards.toReversed());
    const limit = Math.max(1, Math.floor(count / 2));
    expect(await scanned(adapter.storage, STREAM, { bounds, limit })).toEqual(forwards.slice(0, limit));
  });

  it("lets others have the event loop while a filter finds nothing", async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    for (let round = 0; round < 20; round++) await scanned(adapter.storage, LOG, { bounds: { names: ["absent"] } });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
  });

  it("cuts pages of large events, and gives them back whole", async () => {
    await using large = await SqliteEventStorageAdapter.open({ filename: ":memory:" });
    const payload = (size: number) => JSON.stringify("é".repeat(size));
    const sizes = [10, 2_000, 3_000, 400_000, 5, 300_000, 300_000, 5];
    const events = sizes.map((size) => preparedEvent({ payload: payload(size), metadata: payload(size) }));
    await large.storage.save(saveOf("large", events));
    const pages: number[][] = [];
    for await (const page of scanWith(large.storage, LOG)) {
      pages.push(page.map((event) => String(event.payload).length));
      for (const event of page) expect(event.metadata).toEqual(event.payload);
    }
    expect(pages.flat()).toEqual(sizes);
    expect(pages.length).toBeGreaterThan(3);
  });

  it("ends although others go on publishing", async () => {
    await using busy = await SqliteEventStorageAdapter.open({ filename: ":memory:" });
    await busy.storage.save(saveOf("a", 1_500));
    let pages = 0;
    for await (const _ of scanWith(busy.storage, LOG)) {
      pages++;
      await busy.storage.save(saveOf("a", 1_500));
    }
    expect(pages).toBe(2);
  });
});
