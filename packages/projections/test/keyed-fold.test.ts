import type { StoredEvent } from "@eventfold/types";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { moveTo, type Projection, projectorFor, remove } from "../src/index.ts";

interface GuestEvents {
  readonly stayed: { readonly guests: readonly string[]; readonly nights: number };
  readonly merged: { readonly from: string; readonly into: string };
  readonly forgotten: { readonly guest: string };
  readonly noted: null;
}

interface Guest {
  readonly name: string;
  readonly nights: number;
}

const SOURCE = { kind: "category", category: "guests" } as const;

const guests = projectorFor<Guest, GuestEvents>()({
  name: "guest",
  source: "category",
  key: (event) => {
    switch (event.name) {
      case "stayed":
        return event.payload.guests;
      case "merged":
        return [event.payload.from, event.payload.into];
      case "forgotten":
        return event.payload.guest;
      case "noted":
        return undefined;
    }
  },
  initialState: () => ({ name: "", nights: 0 }),
  handlers: {
    stayed: ({ nights }, { payload }, key) => ({ name: key, nights: nights + payload.nights }),
    merged: (state, { payload }, key) => (key === payload.from && key !== payload.into ? moveTo(payload.into) : state),
    // Once forgotten for good, once only when there is little to forget: a fold of half of the events would go wrong.
    forgotten: (state) => (state.nights < 5 ? remove : { ...state, nights: 1 }),
    noted: (state) => state,
  },
  merge: (into, from) => ({ name: into.name, nights: into.nights + from.nights }),
  metadata: {
    initial: () => ({ events: 0 }),
    update: ({ events }) => ({ events: events + 1 }),
    merge: (into, from) => ({ events: into.events + from.events }),
  },
});

type Fact = { [TName in keyof GuestEvents]: readonly [TName, GuestEvents[TName]] }[keyof GuestEvents];

function stored(facts: readonly Fact[]): StoredEvent<GuestEvents>[] {
  const at = new Date("2026-01-01T00:00:00Z");
  return facts.map(
    ([name, payload], position) =>
      ({
        ...{ id: `018f0000-0000-7000-8000-${String(position).padStart(12, "0")}`, name, payload, metadata: null },
        ...{ version: 1, observedAt: at, occurredAt: at, category: "guests", stream: "s", position },
        sequenceNumber: (position + 1) * 2,
      }) as StoredEvent<GuestEvents>,
  );
}

function applied(facts: readonly Fact[], projections: readonly Projection<Guest, { events: number }>[] = []) {
  return guests.applyMany(stored(facts), { source: SOURCE, projections });
}

const summary = (projections: readonly Projection<Guest>[]) =>
  Object.fromEntries(projections.map(({ id, state, isRemoved }) => [id, isRemoved ? "removed" : state.nights]));

describe("the keys of an event", () => {
  const [event] = stored([["stayed", { guests: ["ada", "ben", "ada"], nights: 2 }]]);

  it("are as many as its key gives, each once, and none for undefined", () => {
    expect(guests.keysOf(event as StoredEvent<GuestEvents>)).toEqual(["ada", "ben"]);
    expect(guests.keysOf(stored([["noted", null]])[0] as StoredEvent<GuestEvents>)).toEqual([]);
  });

  it("must be ids", () => {
    const [bad] = stored([["stayed", { guests: ["ada", ""], nights: 2 }]]);
    const refused = expect.objectContaining({ code: "INVALID_NAME", kind: "projection id", invalidName: "" });
    expect(() => guests.keysOf(bad as StoredEvent<GuestEvents>)).toThrow(refused);
    const [number] = stored([["stayed", { guests: [5] as never, nights: 2 }]]);
    expect(() => guests.keysOf(number as StoredEvent<GuestEvents>)).toThrow(
      expect.objectContaining({ code: "INVALID_NAME", kind: "projection id" }),
    );
  });

  it("each have the event folded into their projection, and the handler is given its key", () => {
    const changed = applied([["stayed", { guests: ["ada", "ben", "ada"], nights: 2 }]]);
    expect(changed.map(({ id, state }) => [id, state])).toEqual([
      ["ada", { name: "ada", nights: 2 }],
      ["ben", { name: "ben", nights: 2 }],
    ]);
  });
});

describe("a projection that an event removes", () => {
  const facts: Fact[] = [
    ["stayed", { guests: ["ada"], nights: 2 }],
    ["forgotten", { guest: "ada" }],
  ];

  it("has the initial state, and how far it has read", () => {
    expect(applied(facts)).toEqual([
      {
        ...{ id: "ada", name: "guest", source: SOURCE, projectorVersion: 1, isRemoved: true, lastSequenceNumber: 4 },
        ...{ state: { name: "", nights: 0 }, metadata: { events: 0 } },
      },
    ]);
  });

  it("is not brought back by an event that it has read, and begins anew with a later one", () => {
    const removed = applied(facts);
    expect(applied(facts, removed)).toEqual([]);
    const [anew] = applied([...facts, ["stayed", { guests: ["ada"], nights: 3 }]], removed);
    expect(anew).toMatchObject({ state: { name: "ada", nights: 3 }, metadata: { events: 1 }, lastSequenceNumber: 6 });
    expect(anew).not.toHaveProperty("isRemoved");
  });
});

describe("a projection that is moved", () => {
  const stays: Fact[] = [
    ["stayed", { guests: ["ada"], nights: 2 }],
    ["stayed", { guests: ["ben"], nights: 40 }],
  ];

  it("is merged into the other, state and metadata, and removed", () => {
    const changed = applied([...stays, ["merged", { from: "ben", into: "ada" }]]);
    expect(summary(changed)).toEqual({ ada: 42, ben: "removed" });
    expect(changed[0]).toMatchObject({ state: { name: "ada" }, metadata: { events: 3 }, lastSequenceNumber: 6 });
    expect(changed[1]).toMatchObject({ state: { name: "" }, lastSequenceNumber: 6 });
  });

  it("leaves the other as it is where there was nothing to move", () => {
    expect(summary(applied([stays[0] as Fact, ["merged", { from: "nobody", into: "ada" }]]))).toEqual({
      ada: 2,
      nobody: "removed",
    });
    const moved = applied([
      ...stays,
      ["merged", { from: "ben", into: "ada" }],
      ["merged", { from: "ben", into: "ada" }],
    ]);
    expect(summary(moved)).toEqual({ ada: 42, ben: "removed" });
  });

  it("begins anew with a later event of its old key", () => {
    const merged: Fact = ["merged", { from: "ben", into: "ada" }];
    expect(summary(applied([...stays, merged, ["stayed", { guests: ["ben"], nights: 1 }]]))).toEqual({
      ada: 42,
      ben: 1,
    });
  });

  it("is only removed where the other has read the event, and refused where it alone has", () => {
    const facts: Fact[] = [...stays, ["merged", { from: "ben", into: "ada" }]];
    const [ada, ben] = applied(facts);
    if (ada === undefined || ben === undefined) throw new Error("Both have changed.");
    expect(summary(applied(facts, [ada]))).toEqual({ ben: "removed" });
    expect(() => applied(facts, [ben])).toThrow(
      expect.objectContaining({ code: "INVALID_PROJECTION", projection: "guest", path: 'handlers["merged"]' }),
    );
    expect(() => applied(facts, [ben])).toThrow('"ada" has not read the event (sequence number 6)');
  });

  const refused: readonly (readonly [string, (key: string) => unknown, string])[] = [
    ["itself", (key) => moveTo(key), 'it moves "ben" to "ben", which is not another key of the event'],
    ["a key of no event", () => moveTo("cyn"), 'it moves "ben" to "cyn", which is not another key of the event'],
    ["no text", () => moveTo(5 as never), 'it moves "ben" to 5, which is not another key of the event'],
    ["nothing", () => moveTo(undefined as never), "which is not another key of the event"],
    ["what is removed", (key) => (key === "ben" ? moveTo("ada") : remove), 'to "ada", which the same event removes'],
    ["what is moved", (key) => moveTo(key === "ben" ? "ada" : "ben"), 'to "ada", which the same event removes'],
  ];
  it.each(refused)("is refused when it is moved to %s", (_, handler, reason) => {
    const projector = projectorFor<Guest, GuestEvents>()({
      name: "guest",
      source: "log",
      key: (event) => (event.name === "merged" ? [event.payload.from, event.payload.into] : undefined),
      initialState: () => ({ name: "", nights: 0 }),
      handlers: { merged: (_state, _event, key) => handler(key) as never },
      merge: (into) => into,
      onUnhandledEvent: "ignore",
    });
    const events = stored([["merged", { from: "ben", into: "ada" }]]);
    const error = expect.objectContaining({
      ...{ name: "InvalidProjectionError", code: "INVALID_PROJECTION", projection: "guest" },
      ...{ path: 'handlers["merged"]', reason: expect.stringContaining(reason) },
    });
    expect(() => projector.applyMany(events, { source: { kind: "log" }, projections: [] })).toThrow(error);
  });
});

const NAMES = fc.constantFrom("ada", "ben", "cyn", "__proto__");
const FACT: fc.Arbitrary<Fact> = fc.oneof(
  fc.record({ guests: fc.uniqueArray(NAMES, { maxLength: 3 }), nights: fc.nat(4) }).map((p): Fact => ["stayed", p]),
  fc.record({ from: NAMES, into: NAMES }).map((p): Fact => ["merged", p]),
  NAMES.map((guest): Fact => ["forgotten", { guest }]),
  fc.constant<Fact>(["noted", null]),
);

describe("projections of many keys", () => {
  it("are the same however their events are cut into batches, and however much of each is delivered again", () => {
    const BATCHES = fc.array(fc.tuple(fc.nat(6), fc.nat(6)), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(FACT, { maxLength: 30 }), BATCHES, (facts, batches) => {
        const events = stored(facts);
        const whole = guests.applyMany(events, { source: SOURCE, projections: [] });
        const saved = new Map<string, Projection<Guest, { events: number }>>();
        let read = 0;
        for (const [again, more] of [...batches, [0, events.length] as const]) {
          const batch = events.slice(Math.max(0, read - again), read + more);
          const ids = new Set(batch.flatMap((event) => guests.keysOf(event)));
          const projections = [...saved.values()].filter(({ id }) => ids.has(id));
          const changed = guests.applyMany(batch, { source: SOURCE, projections });
          for (const each of changed) saved.set(each.id, each);
          read = Math.min(events.length, read + more);
        }
        expect([...saved].sort()).toEqual(whole.map((each) => [each.id, each]).sort());
      }),
    );
  });
});
