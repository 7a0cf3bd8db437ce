import { describe, expect, it } from "vitest";
import { isWithinBounds, type ScanBounds } from "../../src/adapter/index.ts";
import type { StoredEvent } from "../../src/index.ts";

const event = {
  name: "opened",
  sequenceNumber: 10,
  position: 20,
  occurredAt: new Date(30),
  observedAt: new Date(40),
} as unknown as StoredEvent;

const ends = [
  ["sequenceNumberAfter", "sequenceNumberBefore", 10],
  ["positionAfter", "positionBefore", 20],
  ["occurredAfterMs", "occurredBeforeMs", 30],
  ["observedAfterMs", "observedBeforeMs", 40],
] as const satisfies readonly (readonly [keyof ScanBounds, keyof ScanBounds, number])[];

describe("isWithinBounds", () => {
  it("admits everything where nothing is bound", () => {
    expect(isWithinBounds(event, {})).toBe(true);
  });

  it.each(ends)("takes %s and %s for exclusive", (after, before, value) => {
    expect(isWithinBounds(event, { [after]: value - 1 })).toBe(true);
    expect(isWithinBounds(event, { [after]: value })).toBe(false);
    expect(isWithinBounds(event, { [before]: value + 1 })).toBe(true);
    expect(isWithinBounds(event, { [before]: value })).toBe(false);
    expect(isWithinBounds(event, { [after]: value - 1, [before]: value + 1 })).toBe(true);
    expect(isWithinBounds(event, { [after]: value, [before]: value + 1 })).toBe(false);
    expect(isWithinBounds(event, { [after]: value - 1, [before]: value })).toBe(false);
  });

  it("admits only the names that are given", () => {
    expect(isWithinBounds(event, { names: ["closed", "opened"] })).toBe(true);
    expect(isWithinBounds(event, { names: ["closed"] })).toBe(false);
    expect(isWithinBounds(event, { names: [] })).toBe(false);
  });
});
