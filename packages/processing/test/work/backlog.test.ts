import { describe, expect, it } from "vitest";
import { Backlog } from "../../src/work/backlog.ts";

const START = { sequenceNumber: 0, eventId: undefined };

/** A backlog of events of these keys, numbered from 1. */
function backlogOf(keys: string): Backlog {
  const backlog = new Backlog(START);
  for (const [index, key] of [...keys].entries()) {
    const location = { id: `id-${index + 1}`, category: "c", stream: key, position: 0, sequenceNumber: index + 1 };
    backlog.add({ location, events: undefined }, { key, hash: 0 });
  }
  return backlog;
}

const numberOf = (entry: ReturnType<Backlog["take"]>) => entry?.location.sequenceNumber;

describe("Backlog", () => {
  it("hands out one event of a key at a time", () => {
    const backlog = backlogOf("aabca");
    const [first, second, third] = [backlog.take(), backlog.take(), backlog.take()];
    expect([first, second, third, backlog.take()].map(numberOf)).toEqual([1, 3, 4, undefined]);
    if (first !== undefined) backlog.finish(first);
    const next = backlog.take();
    expect(numberOf(next)).toBe(2);
    expect(backlog.take()).toBeUndefined();
    if (next !== undefined) backlog.finish(next);
    expect(numberOf(backlog.take())).toBe(5);
  });

  it("is done up to the first unfinished event", () => {
    const backlog = backlogOf("abc");
    const entries = [backlog.take(), backlog.take(), backlog.take()];
    for (const [n, done] of [
      [2, START],
      [0, { sequenceNumber: 1, eventId: "id-1" }],
      [1, { sequenceNumber: 3, eventId: "id-3" }],
    ] as const) {
      const entry = entries[n];
      if (entry !== undefined) backlog.finish(entry);
      expect(backlog.doneWithin(1)).toEqual(n === 2 ? START : n === 0 ? done : { sequenceNumber: 3, eventId: "id-3" });
      expect(backlog.doneWithin(10).sequenceNumber).toBe(n === 2 ? 0 : n === 0 ? 1 : 3);
    }
    backlog.readTo(9);
    expect(backlog.doneWithin(Number.POSITIVE_INFINITY)).toEqual({ sequenceNumber: 9, eventId: undefined });
    expect(backlog.doneWithin(5)).toEqual({ sequenceNumber: 5, eventId: undefined });
  });

  it("hands out nothing beyond its limit", () => {
    const backlog = backlogOf("abcd");
    backlog.limit = 2;
    expect([backlog.take(), backlog.take(), backlog.take()].map(numberOf)).toEqual([1, 2, undefined]);
    expect(backlog.hasWork).toBe(false);
    backlog.limit = 3;
    expect(numberOf(backlog.take())).toBe(3);
  });

  it("hands out again what was put back, and nothing that is done", () => {
    const backlog = backlogOf("aabb");
    backlog.take();
    const third = backlog.take();
    if (third !== undefined) backlog.finish(third);
    backlog.putBack();
    expect([backlog.takeNext(), backlog.takeNext(), backlog.takeNext(), backlog.takeNext()].map(numberOf)).toEqual([
      1,
      2,
      4,
      undefined,
    ]);
    expect([backlog.isOpen(2), backlog.isOpen(3)]).toEqual([true, false]);
  });

  it("keeps its count over many thousand events", () => {
    const backlog = backlogOf("x".repeat(5_000));
    for (let entry = backlog.take(); entry !== undefined; entry = backlog.take()) backlog.finish(entry);
    expect(backlog.doneWithin(10_000)).toEqual({ sequenceNumber: 5_000, eventId: "id-5000" });
    expect([backlog.size, backlog.waiting]).toEqual([0, 0]);
  });
});
