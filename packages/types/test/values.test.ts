import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  AdapterClosedError,
  checkedName,
  eventTimeMs,
  isEventfoldError,
  NAME_LIMITS,
  type NameKind,
  parseSourceIdentifier,
  parseStoredEvent,
  printSourceIdentifier,
  printStoredEvent,
  type StoredEvent,
  streamIdentifier,
} from "../src/index.ts";

const name = fc
  .string({ unit: "binary", minLength: 1, maxLength: 60 })
  .filter((text) => !/\p{Cc}/u.test(text) && !text.startsWith("$"));

describe("checkedName", () => {
  it.each(["category", "stream", "event"] satisfies NameKind[])("takes a %s name up to its limit", (kind) => {
    const longest = "💡".repeat(NAME_LIMITS[kind]);
    expect(checkedName(kind, longest)).toBe(longest);
    expect(() => checkedName(kind, `${longest}x`)).toThrow(expect.objectContaining({ code: "INVALID_NAME", kind }));
  });

  it.each([
    ["", "empty"],
    ["a\u0000", "control"],
    ["a\nb", "control"],
    ["a\u0085", "control"],
    ["\ud83d", "surrogate"],
    [7, "number"],
    [null, "null"],
    [undefined, "undefined"],
    ["x".repeat(10_000_000), "longer"],
  ])("refuses %j", (given, reason) => {
    expect(() => checkedName("stream", given)).toThrow(
      expect.objectContaining({ code: "INVALID_NAME", reason: expect.stringContaining(reason) }),
    );
  });

  it("keeps categories that begin with $ for the library, and other names free to", () => {
    expect(() => checkedName("category", "$own")).toThrow(expect.objectContaining({ code: "INVALID_NAME" }));
    expect(checkedName("stream", "$own")).toBe("$own");
  });
});

describe("source identifiers", () => {
  it("survive a round trip through their string form", () => {
    fc.assert(
      fc.property(name, name, (category, stream) => {
        for (const identifier of [
          { kind: "log" } as const,
          { kind: "category", category } as const,
          streamIdentifier({ category, stream }),
        ]) {
          expect(parseSourceIdentifier(printSourceIdentifier(identifier))).toEqual(identifier);
        }
      }),
    );
  });

  it.each([
    "",
    "Log",
    "log/",
    "category/",
    "category/a/b",
    "stream/a",
    "stream/a/b/c",
    "category/%",
    "category/%61",
    7,
  ])("refuse %j", (text) => {
    expect(() => parseSourceIdentifier(text)).toThrow();
  });
});

describe("eventTimeMs", () => {
  it("takes the years 1 to 9999, and nothing else", () => {
    expect(eventTimeMs(new Date("0001-01-01T00:00:00.000Z"))).toBe(-62_135_596_800_000);
    expect(eventTimeMs(new Date("9999-12-31T23:59:59.999Z"))).toBe(253_402_300_799_999);
    expect(eventTimeMs(new Date(-62_135_596_800_001))).toBeUndefined();
    expect(eventTimeMs(new Date(253_402_300_800_000))).toBeUndefined();
    for (const value of [new Date(Number.NaN), 0, "2026-01-01", { getTime: () => 0 }, null]) {
      expect(eventTimeMs(value)).toBeUndefined();
    }
  });
});

describe("stored events as text", () => {
  const event: StoredEvent = {
    id: "0190a5a0-0000-7000-8000-000000000000",
    name: "opened",
    payload: JSON.parse('{"__proto__":{"x":1},"n":5e-324}'),
    metadata: null,
    version: 2,
    observedAt: new Date(1),
    occurredAt: new Date(-1),
    category: "accounts",
    stream: "acc-1",
    position: 0,
    sequenceNumber: 1,
  };

  it("survive a round trip", () => {
    expect(parseStoredEvent(printStoredEvent(event))).toEqual(event);
  });

  it("are refused when a member is missing or of the wrong kind", () => {
    const without = (member: string) => JSON.stringify({ ...event, [member]: undefined });
    for (const member of Object.keys(event)) expect(() => parseStoredEvent(without(member))).toThrow(RangeError);
    expect(() => parseStoredEvent(JSON.stringify({ ...event, position: -1 }))).toThrow(RangeError);
    expect(() => parseStoredEvent(JSON.stringify({ ...event, observedAt: "yesterday" }))).toThrow(RangeError);
    expect(() => parseStoredEvent("[]")).toThrow(RangeError);
    expect(() => parseStoredEvent("{")).toThrow(SyntaxError);
  });
});

describe("isEventfoldError", () => {
  it("tests the code, so that an error of another copy of the package is recognised", () => {
    const foreign = Object.assign(new Error("The adapter is closed."), { code: "ADAPTER_CLOSED", isRetryable: false });
    expect(isEventfoldError(foreign, "ADAPTER_CLOSED")).toBe(true);
    expect(isEventfoldError(new AdapterClosedError(), "ADAPTER_CLOSED")).toBe(true);
    expect(isEventfoldError(new AdapterClosedError(), "INVALID_NAME")).toBe(false);
    expect(isEventfoldError(Object.assign(new Error("x"), { code: "ENOENT" }))).toBe(false);
  });
});
