import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { isAllowed } from "../src/adapter/index.ts";
import { conditionHolds, positionsAllowedBy } from "../src/condition-judgement.ts";
import {
  allOf,
  anyOf,
  noCondition,
  not,
  positionIs,
  predicate,
  type StoredEvent,
  streamExists,
  streamIsEmpty,
  unchangedSince,
  type WriteCondition,
} from "../src/index.ts";

import { checkedCondition } from "../src/write-condition.ts";
import { runs } from "./run-size.ts";

const { condition } = fc.letrec<{ condition: WriteCondition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(noCondition(), streamIsEmpty(), streamExists()),
    fc.nat({ max: 4 }).map(positionIs),
    fc.constantFrom(2 ** 31, 2 ** 53 - 1).map(positionIs),
    fc.array(tie("condition"), { maxLength: 4 }).map((all) => allOf(...all)),
    fc.array(tie("condition"), { maxLength: 4 }).map((any) => anyOf(...any)),
    tie("condition").map(not),
  ),
}));

/** The meaning, said as plainly as possible. */
function meaning(condition: WriteCondition, position: number | undefined): boolean {
  switch (condition.kind) {
    case "no-condition":
      return true;
    case "stream-is-empty":
      return position === undefined;
    case "stream-exists":
      return position !== undefined;
    case "position-is":
      return position === condition.position;
    case "all-of":
      return condition.conditions.every((each) => meaning(each, position));
    case "any-of":
      return condition.conditions.some((each) => meaning(each, position));
    case "not":
      return !meaning(condition.condition, position);
    case "predicate":
      throw new Error("not a closed condition");
  }
}

describe("write conditions", () => {
  it("refuse to nest endlessly", () => {
    const endless: { kind: "not"; condition?: WriteCondition } = { kind: "not" };
    endless.condition = endless as WriteCondition;
    expect(() => checkedCondition(endless as WriteCondition)).toThrow(RangeError);
  });

  it("reduce to the positions that their meaning allows, whatever their nesting", () => {
    fc.assert(
      fc.property(condition, fc.option(fc.nat({ max: 6 }), { nil: undefined }), (given, position) => {
        expect(isAllowed(positionsAllowedBy(given), position)).toBe(meaning(given, position));
        const latest = position === undefined ? undefined : ({ position } as StoredEvent);
        expect(conditionHolds(given, latest)).toBe(meaning(given, position));
      }),
      { numRuns: runs(1_000) },
    );
  });

  it("keep the allowed positions distinct and rising", () => {
    fc.assert(
      fc.property(condition, (given) => {
        const positions = positionsAllowedBy(given)?.positions ?? [];
        expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b));
        expect(positions.every((position) => position >= -1 && position < 2 ** 31)).toBe(true);
      }),
    );
  });

  it("are JSON, and mean the same after a round trip", () => {
    fc.assert(
      fc.property(condition, (given) => {
        expect(positionsAllowedBy(JSON.parse(JSON.stringify(given)))).toEqual(positionsAllowedBy(given));
      }),
    );
  });

  it("with a predicate inside are left to the latest event", () => {
    const rich = anyOf(streamIsEmpty(), not(predicate("is closed", (latest) => latest?.name === "closed")));
    expect(positionsAllowedBy(rich)).toBeUndefined();
    expect(conditionHolds(rich, { name: "closed", position: 3 } as StoredEvent)).toBe(false);
    expect(conditionHolds(rich, { name: "opened", position: 3 } as StoredEvent)).toBe(true);
  });

  it("refuse a predicate that answers anything but a boolean", () => {
    const lax = predicate("truthy", (() => 1) as unknown as () => boolean);
    expect(() => conditionHolds(lax, undefined)).toThrow(TypeError);
  });

  it.each([-1, 0.5, Number.NaN, 2 ** 53])("positionIs(%d) is a RangeError", (position) => {
    expect(() => positionIs(position)).toThrow(RangeError);
  });

  it("unchangedSince is positionIs of the latest event, or streamIsEmpty", () => {
    expect(unchangedSince({ position: 7 })).toEqual(positionIs(7));
    expect(unchangedSince(undefined)).toEqual(streamIsEmpty());
  });

  it("unchangedSince of a projection is about the last event that it has read of its stream", () => {
    const source = { kind: "stream", category: "accounts", stream: "acc-1" } as const;
    expect(unchangedSince({ source, lastPosition: 0 })).toEqual(positionIs(0));
    expect(unchangedSince({ source })).toEqual(streamIsEmpty());
    expect(() => unchangedSince({ source, lastPosition: -1 })).toThrow(RangeError);
    const expected = new TypeError("Only a stream has positions: expected a projection of a stream, got one of a log.");
    expect(() => unchangedSince({ source: { kind: "log" } })).toThrow(expected);
    expect(() => unchangedSince({} as never)).toThrow(TypeError);
  });

  it.each([null, 1, {}, { kind: "position-was" }])("anything else is a TypeError: %j", (value) => {
    expect(() => not(value as unknown as WriteCondition)).toThrow(TypeError);
    expect(() => checkedCondition(value as unknown as WriteCondition)).toThrow(TypeError);
    expect(() => checkedCondition({ kind: "all-of", conditions: [value as unknown as WriteCondition] })).toThrow(
      TypeError,
    );
  });
});
