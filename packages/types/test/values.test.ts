import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as types from "../src/index.ts";
import {
  AdapterClosedError,
  callAside,
  checkedName,
  EventfoldError,
  eventTimeMs,
  guardedLogger,
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
import { anyCharacter } from "./any-character.ts";

const name = fc
  .string({ unit: anyCharacter, minLength: 1, maxLength: 60 })
  .filter((text) => !/\p{Cc}/u.test(text) && !text.startsWith("$"));

describe("checkedName", () => {
  it.each(["category", "stream", "event", "tag"] satisfies NameKind[])("takes a %s name up to its limit", (kind) => {
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
    tags: ["account:1", '{"a,b"}', "__proto__"],
    category: "accounts",
    stream: "acc-1",
    position: 0,
    sequenceNumber: 1,
  };

  it("survive a round trip", () => {
    expect(parseStoredEvent(printStoredEvent(event))).toEqual(event);
  });

  it("have no tags where an earlier release, which knew none, wrote them", () => {
    const { tags: _, ...untagged } = event;
    expect(parseStoredEvent(JSON.stringify(untagged))).toEqual({ ...event, tags: [] });
    expect(parseStoredEvent(JSON.stringify({ ...untagged, __proto__: { tags: ["inherited"] } })).tags).toEqual([]);
  });

  it("are refused when a member is missing or of the wrong kind", () => {
    const without = (member: string) => JSON.stringify({ ...event, [member]: undefined });
    for (const member of Object.keys(event).filter((name) => name !== "tags"))
      expect(() => parseStoredEvent(without(member))).toThrow(RangeError);
    expect(() => parseStoredEvent(JSON.stringify({ ...event, position: -1 }))).toThrow(RangeError);
    expect(() => parseStoredEvent(JSON.stringify({ ...event, observedAt: "yesterday" }))).toThrow(RangeError);
    for (const tags of ["a", { 0: "a" }, [1], [""], ["a\u0000"], null]) {
      expect(() => parseStoredEvent(JSON.stringify({ ...event, tags }))).toThrow(/^"tags" of a stored event/);
    }
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

  it("recognises errors of another realm, and nothing that only looks a little like one", () => {
    const foreign = runInNewContext("Object.assign(new Error(), { code: 'STORAGE_BUSY', isRetryable: true })");
    expect(foreign).not.toBeInstanceOf(Error);
    expect(isEventfoldError(foreign)).toBe(true);
    expect(isEventfoldError(foreign, "STORAGE_BUSY")).toBe(true);
    for (const other of [
      undefined,
      null,
      "STORAGE_BUSY",
      {},
      { code: "STORAGE_BUSY" },
      { code: 1, isRetryable: true },
    ]) {
      expect(isEventfoldError(other)).toBe(false);
    }
  });
});

describe("the name of an error", () => {
  const classes = Object.entries(types).filter(
    ([, value]) => typeof value === "function" && value.prototype instanceof EventfoldError,
  ) as unknown as readonly (readonly [string, { readonly prototype: EventfoldError }])[];

  it.each(classes)("of %s is that of its class as it was written", (name, { prototype }) => {
    // As a minifier would have it: the class is called otherwise, and what the error says of itself is the same.
    const Minified = { a: class extends EventfoldError {} }.a;
    const code = name
      .replace(/Error$/, "")
      .replace(/(?<!^)[A-Z]/g, (letter) => `_${letter}`)
      .toUpperCase();
    expect(new Minified("", { code }).name).toBe(name);
    expect(prototype.constructor.name).toBe(name);
  });
});

describe("callAside", () => {
  it("hands what is thrown, or rejected with, to nobody else", async () => {
    const failures: unknown[] = [];
    const failed = Promise.withResolvers<void>();
    callAside(
      () => {
        throw new Error("thrown");
      },
      (error) => failures.push(error),
    );
    callAside(
      async () => {
        throw new Error("rejected");
      },
      (error) => failed.resolve(void failures.push(error)),
    );
    await failed.promise;
    expect(failures).toEqual([new Error("thrown"), new Error("rejected")]);
  });
});

describe("guardedLogger", () => {
  it("passes everything on, in the logger's own name, and lets no failure through", () => {
    const logged: unknown[] = [];
    const logger = {
      prefix: "app",
      warn(details: object, message: string) {
        logged.push([this.prefix, details, message]);
        throw new Error("the logger's own");
      },
      async error(details: object, message: string) {
        logged.push([this.prefix, details, message]);
        throw new Error("the logger's own");
      },
    };
    const guarded = guardedLogger(logger);
    guarded.warn({ n: 1 }, "one");
    guarded.error({ n: 2 }, "two");
    expect(logged).toEqual([
      ["app", { n: 1 }, "one"],
      ["app", { n: 2 }, "two"],
    ]);
  });
});
