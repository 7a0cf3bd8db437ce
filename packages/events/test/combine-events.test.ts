import { describe, expect, it } from "vitest";
import { z } from "zod";
import { combineEvents, defineEvents, event } from "../src/index.ts";
import { stored } from "./round-trip.ts";

const amount = z.object({ amount: z.number() });

describe("combineEvents", () => {
  const one = defineEvents({ a: event({ schema: amount }) }).reading<{ oldA: object }>({
    oldA: () => [{ name: "a", payload: { amount: 1 } }],
  });
  const two = defineEvents({ b: event({ schema: amount }) });

  it("reads and writes what each of them does", async () => {
    const both = combineEvents(one, two);
    expect(both.names).toEqual(["a", "b"]);
    const read = await both.read([stored("oldA", {}), stored("b", { amount: 2 })]);
    expect(read.map(({ name, payload }) => [name, payload])).toEqual([
      ["a", { amount: 1 }],
      ["b", { amount: 2 }],
    ]);
    expect(both.jsonSchemas().map(({ name }) => name)).toEqual(["a", "b"]);
  });

  it("refuses what cannot be combined", () => {
    const combine = combineEvents as (...definitions: readonly unknown[]) => unknown;
    const define = (name: string) => defineEvents({ [name]: event({ schema: amount }) });
    expect(() => combine(one, define("a"))).toThrow('The event "a" is defined by more than one of them.');
    expect(() => combine(one, two.reading<{ oldA: object }>({ oldA: () => [] }))).toThrow('"oldA"');
    expect(() => combine(one, define("oldA"))).toThrow('"oldA"');
    expect(() => combine(one, {})).toThrow("must be definitions, made by defineEvents");
    expect(() => combine()).toThrow("There is nothing to combine.");
  });
});
