import { type CheckedEventTextOptions, checkedEventText, type EventText } from "@eventfold/store/adapter";
import { isEventfoldError } from "@eventfold/types";
import { describe, expect, it } from "vitest";

const VALID: EventText = {
  id: "018f0000-0000-7000-8000-000000000001",
  name: "opened",
  category: "accounts",
  stream: "a-1",
  position: 0,
  sequenceNumber: 1,
  version: 1,
  observedAtMs: 0,
  occurredAtMs: 0,
  tags: ["t"],
  payload: '{"a":1}',
  metadata: null,
};

/** The path of the fault that an event has. */
function pathOf(own: object, options?: CheckedEventTextOptions): string {
  try {
    checkedEventText({ ...VALID, ...own }, options);
  } catch (error) {
    if (isEventfoldError(error, "INVALID_EVENT")) return error.path;
    throw error;
  }
  return "none";
}

const nested = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);

describe("checkedEventText", () => {
  it("gives back what a log may have, without members of its own", () => {
    expect(checkedEventText(VALID)).toEqual(VALID);
    expect(checkedEventText({ ...VALID, extra: 1, payloadLength: 7 })).toEqual(VALID);
    const own = { category: "$own", metadata: "[]", payload: "null", tags: [] };
    expect(checkedEventText({ ...VALID, ...own })).toEqual({ ...VALID, ...own });
  });

  it.each([
    [{ position: 2_147_483_647, sequenceNumber: 2 ** 52, version: 2_147_483_647 }],
    [{ observedAtMs: -62_135_596_800_000, occurredAtMs: 253_402_300_799_999 }],
    [{ category: "\u{1f600}".repeat(128), stream: "ä".repeat(512), name: "n".repeat(255) }],
    [{ payload: nested(500), metadata: nested(500) }],
    [{ payload: '"\u{1f600}\\u0001"' }],
    [{ tags: Array.from({ length: 100 }, (_, n) => `t-${n}`) }],
  ])("allows what lies at an end: case %#", (own) => {
    expect(pathOf(own)).toBe("none");
  });

  it.each([
    ["id", { id: "018F0000-0000-7000-8000-000000000001" }],
    ["id", { id: undefined }],
    ["name", { name: "" }],
    ["name", { name: "n".repeat(256) }],
    ["category", { category: "a\n" }],
    ["category", { category: "$".repeat(129) }],
    ["stream", { stream: "\ud800" }],
    ["position", { position: -1 }],
    ["position", { position: 2_147_483_648 }],
    ["position", { position: "0" }],
    ["sequenceNumber", { sequenceNumber: 0 }],
    ["sequenceNumber", { sequenceNumber: 2 ** 52 + 1 }],
    ["sequenceNumber", { sequenceNumber: 1.5 }],
    ["version", { version: 0 }],
    ["version", { version: 2_147_483_648 }],
    ["observedAtMs", { observedAtMs: -62_135_596_800_001 }],
    ["occurredAtMs", { occurredAtMs: 253_402_300_800_000 }],
    ["occurredAtMs", { occurredAtMs: Number.NaN }],
    ["tags", { tags: undefined }],
    ["tags", { tags: ["a", "b", "a"] }],
    ["tags", { tags: Array.from({ length: 101 }, (_, n) => `t-${n}`) }],
    ["tags[1]", { tags: ["a", ""] }],
    ["payload", { payload: { a: 1 } }],
    ["payload", { payload: "{" }],
    ["payload", { payload: "" }],
    ["payload.a[1]", { payload: '{"a":[1,"\\u0000"]}' }],
    ["payload.a", { payload: '{"a":"\\ud800"}' }],
    ["payload", { payload: '{ "a":1}' }],
    ["payload", { payload: "1.0" }],
    ["payload", { payload: '{"a":1,"a":2}' }],
    ["payload", { payload: '{"b":1,"1":2}' }],
    ["payload", { payload: '"\\u0061"' }],
    ["metadata", { metadata: "null" }],
    ["metadata", { metadata: undefined }],
    ["metadata", { metadata: "{}}" }],
  ])("names the fault at %s, case %#", (path, own) => {
    expect(pathOf(own)).toBe(path);
  });

  it("refuses more than 500 levels, however many they are, and a number beyond all numbers", () => {
    expect(pathOf({ payload: nested(501) })).toMatch(/^payload\[0\]/);
    expect(pathOf({ payload: nested(100_000) })).toMatch(/^payload\[0\]/);
    expect(pathOf({ payload: '{"a":[-1e400]}' })).toBe("payload.a[0]");
    expect(pathOf({ payload: nested(100_000) }, { asRead: true })).toMatch(/^payload\[0\]/);
  });

  it("refuses what is no object", () => {
    for (const value of [undefined, null, 1, "event", []]) {
      expect(() => checkedEventText(value)).toThrow(expect.objectContaining({ code: "INVALID_EVENT" }));
    }
  });

  it("writes text anew as it is read, if that is wanted", () => {
    const own = { payload: '{ "b" : 1.0, "a":[1e2,"\\u0061",1e400], "__proto__":{}, "b":2 }', metadata: "null" };
    expect(checkedEventText({ ...VALID, ...own }, { asRead: true })).toEqual({
      ...VALID,
      payload: '{"b":2,"a":[100,"a",null],"__proto__":{}}',
      metadata: null,
    });
    expect(pathOf({ payload: '"\\u0000"' }, { asRead: true })).toBe("payload");
  });
});
