import { manualClock, sequentialIds } from "@eventfold/testing";
import { describe, expect, it } from "vitest";

describe("manualClock", () => {
  it("stands still until it is moved", () => {
    const clock = manualClock(new Date(1_000));
    expect([clock.now(), clock.now()]).toStrictEqual([new Date(1_000), new Date(1_000)]);
    clock.advance(5);
    expect(clock.now()).toStrictEqual(new Date(1_005));
    clock.advance(-10);
    clock.set(new Date(7));
    expect(clock.now()).toStrictEqual(new Date(7));
  });

  it("hands out dates that change nothing when they are changed", () => {
    const clock = manualClock(new Date(1_000));
    clock.now().setTime(0);
    expect(clock.now()).toStrictEqual(new Date(1_000));
  });

  it("refuses what is not an instant", () => {
    expect(() => manualClock(new Date(Number.NaN))).toThrow(RangeError);
    expect(() => manualClock().advance(Number.POSITIVE_INFINITY)).toThrow(RangeError);
  });
});

describe("sequentialIds", () => {
  it("counts, in canonical lower-case UUIDs", () => {
    const newId = sequentialIds(9);
    expect([newId(), newId()]).toStrictEqual([
      "00000000-0000-7000-8000-000000000009",
      "00000000-0000-7000-8000-00000000000a",
    ]);
  });

  it("refuses a first number that does not fit", () => {
    for (const first of [-1, 0.5, 2 ** 48, Number.NaN]) expect(() => sequentialIds(first)).toThrow(RangeError);
  });
});
