import { describe, expect, it } from "vitest";
import {
  nameIn,
  observedAfter,
  observedBefore,
  occurredAfter,
  occurredBefore,
  positionAfter,
  positionBefore,
  type StreamConstraint,
  sequenceNumberAfter,
  sequenceNumberBefore,
} from "../src/index.ts";
import { boundsOf } from "../src/scan-bounds.ts";

describe("boundsOf", () => {
  it("keeps the narrowest bound of each sort", () => {
    const bounds = boundsOf(
      [
        sequenceNumberAfter(3),
        sequenceNumberAfter(5),
        sequenceNumberBefore(9),
        sequenceNumberBefore(8),
        positionAfter(2),
        positionAfter(1),
        positionBefore(6),
        positionBefore(7),
        occurredAfter(new Date(10)),
        occurredAfter(new Date(20)),
        occurredBefore(new Date(40)),
        observedAfter(new Date(-5)),
        observedBefore(new Date(50)),
        nameIn("a", "b", "c"),
        nameIn("b", "c", "d"),
      ],
      "stream",
    );
    expect(bounds).toEqual({
      sequenceNumberAfter: 5,
      sequenceNumberBefore: 8,
      positionAfter: 2,
      positionBefore: 6,
      occurredAfterMs: 20,
      occurredBeforeMs: 40,
      observedAfterMs: -5,
      observedBeforeMs: 50,
      names: ["b", "c"],
    });
  });

  it("refuses positions on anything but a stream", () => {
    expect(() => boundsOf([positionAfter(1)], "category")).toThrow(TypeError);
    expect(() => boundsOf([positionBefore(1)], "log")).toThrow(TypeError);
  });

  const malformed: readonly unknown[] = [
    null,
    7,
    {},
    { kind: "sequence-number-under", sequenceNumber: 1 },
    { kind: "sequence-number-after" },
    { kind: "occurred-after", timeMs: "0" },
    { kind: "name-in", names: [] },
  ];
  it.each(malformed)("refuses what is not a constraint: %j", (constraint) => {
    expect(() => boundsOf([constraint as StreamConstraint], "stream")).toThrow(TypeError);
  });

  it.each([-1, 1.5, 2 ** 53])("refuses the number %d from untyped callers too", (sequenceNumber) => {
    expect(() => boundsOf([{ kind: "sequence-number-after", sequenceNumber }], "log")).toThrow(RangeError);
    expect(() => sequenceNumberAfter(sequenceNumber)).toThrow(RangeError);
    expect(() => positionBefore(sequenceNumber)).toThrow(RangeError);
  });

  it("refuses invalid times", () => {
    expect(() => occurredBefore(new Date(Number.NaN))).toThrow(TypeError);
    expect(() => observedAfter("2026-01-01" as unknown as Date)).toThrow(TypeError);
  });
});
