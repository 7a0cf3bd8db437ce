import { describe, expect, it } from "vitest";
import { EventsMatchedError, UnmetWriteConditionError } from "../src/index.ts";

function messageOf(condition: unknown, latestPosition: number | undefined, others = 0): string {
  const unmet = { category: "accounts", stream: "acc-1", condition, latestPosition };
  return new UnmetWriteConditionError([unmet, ...Array.from({ length: others }, () => unmet)]).message;
}

describe("UnmetWriteConditionError", () => {
  it("says what was expected, what was found, and what to do", () => {
    expect(messageOf({ kind: "position-is", position: 3 }, 5, 2)).toBe(
      'The write condition of stream "acc-1" in category "accounts" (and of 2 more) is unmet: expected {"kind":"position-is","position":3}, but its latest position is 5. Nothing was stored. Read the stream again and decide again, as retryOnUnmetCondition does.',
    );
  });

  it.each([
    [{ kind: "stream-is-empty" }, 0, "Others have published to it first"],
    [{ kind: "stream-exists" }, undefined, "Check the names, or publish its first events before."],
    [{ kind: "position-is", position: 3 }, 2, "It was never that long"],
    [{ kind: "position-is", position: 0 }, undefined, "It was never that long"],
    [{ kind: "not", condition: { kind: "stream-is-empty" } }, undefined, "Read the stream again and decide again"],
    [{ kind: "predicate", description: "is open" }, 7, "Read the stream again and decide again"],
    [undefined, 7, "Read the stream again and decide again"],
    [null, 7, "Read the stream again and decide again"],
    ["anything", 7, "Read the stream again and decide again"],
  ])("tells losing a race from a mistake: %j at %j", (condition, latestPosition, advice) => {
    expect(messageOf(condition, latestPosition)).toContain(advice);
  });
});

describe("EventsMatchedError", () => {
  it("tells a boundary that has changed from what must never have happened", () => {
    const query = { kind: "events-match", items: [] };
    expect(new EventsMatchedError({ sequenceNumber: 9, after: 7, query }).message).toBe(
      "The event with sequence number 9 matches the query of failIf, published since the boundary was read (after sequence number 7). Nothing was stored. Read the boundary again and decide again, as retryOnUnmetCondition does.",
    );
    expect(new EventsMatchedError({ sequenceNumber: 9, after: 0, query }).message).toBe(
      "The event with sequence number 9 matches the query of failIf. Nothing was stored. Publish something else, or accept it by ignoreUnmetCondition.",
    );
  });
});
