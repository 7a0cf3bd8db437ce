import { describe, expect, it } from "vitest";
import { z } from "zod";
import { dateCodec, defineEvents, event } from "../src/index.ts";
import { roundTrip } from "./round-trip.ts";

const amount = z.object({ amount: z.number() });

describe("defineEvents", () => {
  const refused: readonly (readonly [string, () => unknown, string])[] = [
    ["a schema", () => defineEvents({ m: amount as never }), 'The event "m" must be made by event({ schema }).'],
    ["nothing", () => defineEvents({ m: undefined as never }), 'The event "m" must be made by event({ schema }).'],
    [
      "a definition that lacks its upcaster",
      () => defineEvents({ m: event({ schema: amount }).from<object>() as never }),
      'The event "m" has .from() without .upcast().',
    ],
    ["an array", () => defineEvents([event({ schema: amount })] as never), "must be a plain object"],
    ["null", () => defineEvents(null as never), "The definitions of events must be an object."],
    [
      "the prototype as a name",
      () => defineEvents({ __proto__: event({ schema: amount }) } as never),
      "must be a plain object",
    ],
    ["an empty name", () => defineEvents({ "": event({ schema: amount }) }), "name"],
    ["a name with a control character", () => defineEvents({ "a\nb": event({ schema: amount }) }), "name"],
    ["an event without a schema", () => event({} as never), "The schema of an event must be a Standard Schema"],
    ["an event of nothing", () => event(undefined as never), "An event is defined by { schema }."],
    [
      "codecs that are none",
      () => event({ schema: amount, codecs: 5 as never }),
      "The codecs of an event must be an object.",
    ],
    [
      "a codec that is none",
      () => defineEvents({ m: event({ schema: amount, codecs: { amount: "date" as never } }) }),
      "The codec of amount must be a codec, or codecs by name, got string.",
    ],
    [
      "a codec for the prototype",
      () => defineEvents({ m: event({ schema: amount, codecs: { ["__proto__"]: dateCodec } as never }) }),
      "without __proto__",
    ],
    [
      "an upcaster that is none",
      () =>
        event({ schema: amount })
          .from<object>()
          .upcast(5 as never),
      "An upcaster must be a function, got number.",
    ],
    [
      "an old name that is defined",
      () => defineEvents({ m: event({ schema: amount }) }).reading({ m: () => [] } as never),
      "is defined already",
    ],
    [
      "a reader that is none",
      () => defineEvents({ m: event({ schema: amount }) }).reading({ old: 5 } as never),
      "must be a function, got number",
    ],
  ];
  it.each(refused)("refuses %s", (_, define, message) => {
    expect(define).toThrow(message);
  });

  it("takes a name of every object, and knows no others of them", async () => {
    const events = defineEvents({ ["__proto__"]: event({ schema: amount }), constructor: event({ schema: amount }) });
    expect(events.names).toEqual(["__proto__", "constructor"]);
    expect(await roundTrip(events, "__proto__", { amount: 5 })).toMatchObject({ read: { amount: 5 } });
    expect(() => defineEvents({ m: event({ schema: amount }) }).create("toString" as never, {} as never)).toThrow(
      'Invalid event at name: "toString" is not defined; defined are "m".',
    );
  });

  it("stays as it is when old names are added", () => {
    const events = defineEvents({ m: event({ schema: amount }) });
    const more = events.reading<{ old: object }>({ old: () => [] });
    expect(events.storedNames(["m"], "fail")).toEqual(["m"]);
    expect(more.storedNames(["m"], "fail")).toEqual(["m", "old"]);
    expect([events.mayReadAsNone("fail"), more.mayReadAsNone("fail"), events.mayReadAsNone("skip")]).toEqual([
      false,
      true,
      true,
    ]);
  });
});
