import { describe, expect, expectTypeOf, it } from "vitest";
import { causedBy, type EventCause, originOf } from "../src/index.ts";

const ID = "018f0000-0000-7000-8000-000000000001";
const eventWith = (metadata: EventCause["metadata"]): EventCause => ({ id: ID, metadata });

describe("causedBy", () => {
  it("names the event, and what it belongs to", () => {
    expect(causedBy(eventWith({ correlationId: "request-7", causationId: "other", actor: "ada" }))).toEqual({
      correlationId: "request-7",
      causationId: ID,
    });
  });

  it.each([null, "text", 5, [{ correlationId: "a" }], {}, { correlationId: 7 }, { correlationId: "" }])(
    "begins a correlation with an event whose metadata has none: %j",
    (metadata) => {
      expect(causedBy(eventWith(metadata))).toEqual({ correlationId: ID, causationId: ID });
    },
  );

  it("keeps one correlation along a chain", () => {
    const second = { id: "second", metadata: causedBy(eventWith(null)) };
    const third = { id: "third", metadata: causedBy(second) };
    expect(originOf(third)).toEqual({ correlationId: ID, causationId: "second" });
  });

  it("takes further members, which win, and whose types are kept", () => {
    const metadata = causedBy(eventWith(null), { actor: "shipping", correlationId: "import-3", attempt: 2 });
    expect(metadata).toEqual({ correlationId: "import-3", causationId: ID, actor: "shipping", attempt: 2 });
    expectTypeOf(metadata.attempt).toEqualTypeOf<2>();
    expectTypeOf(metadata.causationId).toEqualTypeOf<string>();
  });

  it("looks at own members only", () => {
    const metadata = JSON.parse('{"__proto__": {"correlationId": "inherited", "actor": "nobody"}}');
    expect(originOf(eventWith(metadata))).toEqual({ correlationId: ID });
    expect(originOf(eventWith(Object.create({ correlationId: "inherited" })))).toEqual({ correlationId: ID });
    expect(Object.getPrototypeOf(causedBy(eventWith(null), metadata))).toBe(Object.prototype);
  });

  it.each([undefined, null, {}, { id: 5 }, "event"])("refuses what is not a stored event: %j", (event) => {
    expect(() => causedBy(event as never)).toThrow(TypeError);
  });

  it.each([null, "text", ["a"]])("refuses further metadata that is no object: %j", (extra) => {
    expect(() => causedBy(eventWith(null), extra as never)).toThrow(TypeError);
  });
});

describe("originOf", () => {
  it("reads the members that are there, as text", () => {
    const metadata = { correlationId: "request-7", causationId: "cause", actor: "ada", more: 1 };
    expect(originOf(eventWith(metadata))).toEqual({ correlationId: "request-7", causationId: "cause", actor: "ada" });
    expect(originOf(eventWith({ causationId: null, actor: { name: "ada" } }))).toEqual({ correlationId: ID });
  });
});
