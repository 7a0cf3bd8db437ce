import type { EventQueryItem, ScanBounds } from "@eventfold/store/adapter";
import { describe, expect, it } from "vitest";
import { MemoryEventLog } from "../src/memory-event-log.ts";
import type { MemoryRecord } from "../src/memory-record.ts";
import { findRecords, type RecordSearch } from "../src/record-search.ts";

const LOG = { kind: "log" } as const;

/** A log of records of which each has `all`, every hundredth `rare`, and the last `last`; and how many of them were looked at. */
function logOf(count: number): { readonly log: MemoryEventLog; readonly looked: () => number } {
  const log = new MemoryEventLog();
  let looked = 0;
  for (let sequenceNumber = 1; sequenceNumber <= count; sequenceNumber += 1) {
    const tags = ["all"];
    if (sequenceNumber % 100 === 0) tags.push("rare");
    if (sequenceNumber === count) tags.push("last");
    const record: MemoryRecord = {
      ...{
        id: `id-${sequenceNumber}`,
        payload: null,
        metadata: null,
        version: 1,
        observedAtMs: 0,
        occurredAtMs: 0,
        tags,
      },
      ...{
        category: "c",
        stream: `s${sequenceNumber % 10}`,
        position: Math.floor(sequenceNumber / 10),
        sequenceNumber,
      },
      get name() {
        looked += 1;
        return "noted";
      },
    };
    log.append(record);
  }
  log.commit();
  looked = 0;
  return { log, looked: () => looked };
}

function search(
  matching: readonly EventQueryItem[],
  own: Partial<RecordSearch> = {},
  bounds: ScanBounds = {},
): RecordSearch {
  const all = { source: LOG, direction: "forwards", limit: 10_000, horizon: Number.POSITIVE_INFINITY } as const;
  return { ...all, ...own, bounds: { matching, ...bounds } };
}

describe("a search for tags", () => {
  it.each<readonly [string, readonly EventQueryItem[], number]>([
    ["a rare one", [{ tags: ["rare"], names: ["noted"] }], 100],
    ["a rare one beside a common one, in either order", [{ tags: ["all", "rare"], names: ["noted"] }], 100],
    ["two rare ones, one of which nothing has", [{ tags: ["none", "rare"], names: ["noted"] }], 0],
    ["either of two", [{ tags: ["rare"] }, { tags: ["all", "last"], names: ["noted"] }], 100],
  ])("looks at few of many records: %s", (_, items, found) => {
    const { log, looked } = logOf(10_000);
    expect(findRecords(log, search(items))).toHaveLength(found);
    expect(looked()).toBeLessThanOrEqual(300);
  });

  it("looks at those above a number, and stops at its limit", () => {
    const { log, looked } = logOf(10_000);
    const items = [{ tags: ["all"], names: ["noted"] }];
    const [first] = findRecords(log, search(items, { limit: 1 }, { sequenceNumberAfter: 9_990 }));
    expect(first?.sequenceNumber).toBe(9_991);
    const [last] = findRecords(log, search(items, { limit: 1, direction: "backwards" }));
    expect(last?.sequenceNumber).toBe(10_000);
    expect(looked()).toBeLessThanOrEqual(4);
  });

  it("goes through the stream where it has fewer records than the tag", () => {
    const { log, looked } = logOf(1_000);
    const source = { kind: "stream", category: "c", stream: "s0" } as const;
    const items = [{ tags: ["all"], names: ["noted"] }];
    expect(findRecords(log, search(items, { source }, { positionAfter: 3, positionBefore: 6 }))).toHaveLength(2);
    expect(looked()).toBe(2);
    expect(
      findRecords(log, search([{ tags: ["rare"] }], { source }, { positionAfter: 20, positionBefore: 41 })),
    ).toHaveLength(2);
  });

  it("forgets what was rolled back", () => {
    const { log } = logOf(1);
    const [record] = log.recordsOf(LOG);
    log.append({ ...(record as MemoryRecord), id: "id-2", position: 1, sequenceNumber: 2 });
    log.rollback();
    expect(log.taggedWith("all")).toHaveLength(1);
    expect(findRecords(log, search([{ tags: ["last"] }]))).toHaveLength(1);
  });
});
