import { streamIdentifier } from "@eventfold/types";
import { describe, expect, it } from "vitest";
import { defineDecider, eventTable } from "../src/index.ts";

type CartEvents = { "item-added": { sku: string }; "order-placed": { items: number } };
interface Cart {
  readonly items: readonly string[];
  readonly isPlaced: boolean;
}

const events = eventTable<CartEvents>();
const initialState = (): Cart => ({ items: [], isPlaced: false });
const evolve = {
  "item-added": (state: Cart, { payload }: { readonly payload: { readonly sku: string } }): Cart => ({
    ...state,
    items: [...state.items, payload.sku],
  }),
  "order-placed": (state: Cart): Cart => ({ ...state, isPlaced: true }),
};
const cart = defineDecider({
  name: "cart",
  version: 3,
  events,
  initialState,
  evolve,
  decide: {
    add: ({ sku }: { sku: string }) => ({ name: "item-added", payload: { sku } }),
    place: (_, { items }) => [{ name: "order-placed", payload: { items: items.length } }],
  },
});

const added = (sku: string, position: number) => ({
  ...{ id: "00000000-0000-7000-8000-000000000001", name: "item-added" as const, payload: { sku }, metadata: null },
  ...{ version: 1, tags: [], observedAt: new Date(0), occurredAt: new Date(0), category: "carts", stream: "c-1" },
  ...{ position, sequenceNumber: position + 1 },
});

/** What an untyped caller may give. */
const untyped = defineDecider as (definition: unknown) => {
  decide(command: unknown, state: unknown): unknown;
  evolve(state: unknown, event: unknown): unknown;
};
const decidingWith = (decide: unknown) => untyped({ name: "cart", events, initialState, evolve, decide });

describe("a decider", () => {
  it("decides by the type of the command, on a state", () => {
    expect(cart.decide({ type: "add", sku: "tea" }, initialState())).toStrictEqual([
      { name: "item-added", payload: { sku: "tea" } },
    ]);
    const state = [added("tea", 0), added("pot", 1)].reduce(cart.evolve, cart.initialState());
    expect(state).toStrictEqual({ items: ["tea", "pot"], isPlaced: false });
    expect(cart.decide({ type: "place" }, state)).toStrictEqual([{ name: "order-placed", payload: { items: 2 } }]);
    expect(cart.commandTypes).toStrictEqual(["add", "place"]);
  });

  it("is a projector too, of its name and version", () => {
    const initial = cart.projector.initial(streamIdentifier({ category: "carts", stream: "c-1" }));
    expect(initial).toMatchObject({ id: "c-1", name: "cart", projectorVersion: 3 });
    expect(cart.projector.apply(initial, [added("tea", 0)]).state.items).toStrictEqual(["tea"]);
  });

  it("freezes states, so that what changes them in place throws", () => {
    const state = cart.evolve(initialState(), added("tea", 0));
    expect(Object.isFrozen(state) && Object.isFrozen(state.items)).toBe(true);
    const changing = decidingWith({ add: (_: unknown, { items }: { items: string[] }) => [items.push("x")] });
    expect(() => changing.decide({ type: "add" }, initialState())).toThrow(TypeError);
    const evolving = untyped({
      ...{ events, initialState, decide: {} },
      evolve: { ...evolve, "item-added": (given: { items: string[] }) => given.items.push("x") && given },
    });
    expect(() => evolving.evolve(initialState(), added("tea", 0))).toThrow(TypeError);
  });

  it.each([
    ["undefined", () => undefined, "it is undefined; return [] when nothing is to happen"],
    ["null", () => null, "it is null; return [] when nothing is to happen"],
    ["a promise", async () => Promise.reject(new Error("nobody waits")), "it is a promise"],
    ["a list of promises", () => [(async () => {})()], "event 0 has no name"],
    ["a generator", function* () {}, "event 0 has no name"],
    ["a number", () => 5, "event 0 is not an object, but number"],
    ["null among events", () => [{ name: "item-added", payload: { sku: "a" } }, null], "event 1 is not an object"],
    // biome-ignore lint/suspicious/noSparseArray: it is what is tested
    ["a hole", () => [, { name: "item-added", payload: {} }], "event 0 is not an object, but undefined"],
    ["an event without a name", () => ({ payload: {} }), "event 0 has no name"],
    [
      "an event that evolve does not know",
      () => ({ name: "removed", payload: {} }),
      'named "removed", for which evolve',
    ],
    ["an event named like a member of objects", () => ({ name: "constructor", payload: {} }), 'named "constructor"'],
    ["an event named __proto__", () => ({ name: "__proto__", payload: {} }), 'named "__proto__"'],
  ])("refuses %s as a decision", (_, decide, reason) => {
    const decision = () => decidingWith({ add: decide }).decide({ type: "add" }, initialState());
    expect(decision).toThrow(
      expect.objectContaining({
        code: "INVALID_DECISION",
        name: "InvalidDecisionError",
        decider: "cart",
        commandType: "add",
        reason: expect.stringContaining(reason),
      }),
    );
    expect(decision).toThrow(
      /^The decider "cart" made an invalid decision on the command "add": .*\. Nothing was stored\.$/s,
    );
  });

  it.each([
    ["an unknown type", { type: "remove" }, 'its type must be one of "add", "place", got "remove"'],
    ["__proto__ as type", { type: "__proto__" }, 'got "__proto__"'],
    ["a member of objects as type", { type: "toString" }, 'got "toString"'],
    ["no type", { sku: "tea" }, "got undefined"],
    ["a type that is no string", { type: ["add"] }, "got object"],
    ["a type of great length", { type: "x".repeat(1_000_000) }, `got "${"x".repeat(100)}"`],
    ["null", null, "it must be an object, got null"],
    ["text", "add", "it must be an object, got string"],
  ])("refuses a command with %s", (_, command, reason) => {
    expect(() => (cart as ReturnType<typeof untyped>).decide(command, initialState())).toThrow(
      expect.objectContaining({
        code: "INVALID_COMMAND",
        name: "InvalidCommandError",
        decider: "cart",
        commandType: (command as { readonly type?: unknown } | null)?.type,
        isRetryable: false,
        reason: expect.stringContaining(reason),
      }),
    );
  });
});

describe("defineDecider", () => {
  const definition = { events, initialState, evolve, decide: {} };

  it.each([
    ["no definition", undefined, "must be made from a definition"],
    ["a state as initialState", { ...definition, initialState: {} }, '"initialState" of a decider must be a function'],
    ["no evolve", { ...definition, evolve: undefined }, '"evolve" of a decider must be an object of functions'],
    ["a function as evolve", { ...definition, evolve: () => ({}) }, '"evolve" of a decider must be an object'],
    [
      "what is no handler",
      { ...definition, evolve: { a: 1 } },
      '"evolve["a"]" of a decider must be a function, got number',
    ],
    ["no decide", { ...definition, decide: null }, '"decide" of a decider must be an object of functions, got null'],
    ["what decides nothing", { ...definition, decide: { add: [] } }, '"decide["add"]" of a decider must be a function'],
  ])("refuses %s", (_, given, message) => {
    expect(() => untyped(given)).toThrow(TypeError);
    expect(() => untyped(given)).toThrow(message);
  });

  it("refuses bad names and versions", () => {
    expect(() => untyped({ ...definition, name: "" })).toThrow(expect.objectContaining({ code: "INVALID_NAME" }));
    expect(() => untyped({ ...definition, name: "a", version: 0 })).toThrow(RangeError);
  });
});
