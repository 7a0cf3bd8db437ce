import fc from "fast-check";
import { v5 } from "uuid";
import { describe, expect, it } from "vitest";
import { eventIdFrom, newEventId } from "../src/index.ts";
import { anyCharacter } from "./any-character.ts";

describe("eventIdFrom", () => {
  it("never changes: ids made by earlier versions are in databases", () => {
    expect(eventIdFrom("commit", "README.md")).toBe("4199f5c4-0cb1-5c67-88e3-f461ff190ff1");
    expect(eventIdFrom("a", 1)).toBe("fd173d0c-3517-59a3-870d-8228b64cbe32");
  });

  it("makes the UUIDv5 of the parts' JSON text", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: anyCharacter }), { minLength: 1, maxLength: 4 }), (parts) => {
        const expected = v5(JSON.stringify(parts), "6f1b4f0e-52c1-5d0c-9a55-0d1f6a3f7c1e");
        expect(eventIdFrom(...(parts as [string]))).toBe(expected);
      }),
    );
  });

  it("tells parts apart wherever they are cut", () => {
    const parts = fc.array(fc.oneof(fc.string({ unit: anyCharacter }), fc.integer()), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const same = JSON.stringify(a) === JSON.stringify(b);
        expect(eventIdFrom(...(a as [string])) === eventIdFrom(...(b as [string]))).toBe(same);
      }),
    );
  });

  it("refuses parts that identify nothing", () => {
    expect(() => eventIdFrom(...([] as unknown as [string]))).toThrow(RangeError);
    expect(() => eventIdFrom(Number.NaN)).toThrow(RangeError);
    expect(() => eventIdFrom({} as string)).toThrow(TypeError);
  });
});

describe("newEventId", () => {
  it("makes canonical UUIDs of version 7 that rise", () => {
    const ids = Array.from({ length: 1_000 }, newEventId);
    expect(ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toBe(
      true,
    );
    expect(ids).toEqual([...ids].sort());
  });

  it("ends each in random bits of its own", () => {
    const ends = new Set(Array.from({ length: 1_000 }, () => newEventId().slice(-12)));
    expect(ends.size).toBe(1_000);
  });
});
