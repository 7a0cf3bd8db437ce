import assert from "node:assert/strict";
import { buildInline, inlineProjection, moveTo, ProjectionStore, projectorFor, remove } from "@eventfold/projections";
import { EventStore } from "@eventfold/store";
import { rejectsWith } from "../../event-storage/observe/rejection.ts";
import { assertSame } from "../../event-storage/observe/same.ts";
import { type ProjectionRuleTest, projectionTest, projectionTestNeeding } from "../projection-rule-test.ts";

interface HotelEvents {
  readonly booked: { readonly guest: string; readonly nights: readonly string[] };
  readonly "guests-merged": { readonly from: string; readonly into: string };
  readonly "guest-forgotten": { readonly guest: string };
  readonly "night-cancelled": { readonly night: string };
}
type HotelEvent = {
  [TName in keyof HotelEvents]: { readonly name: TName; readonly payload: HotelEvents[TName] };
}[keyof HotelEvents];

/** A booking of three nights feeds three projections. */
const nights = projectorFor<{ night: string; rooms: number }, HotelEvents>()({
  name: "night",
  source: "category",
  key: (event) => {
    if (event.name === "booked") return event.payload.nights;
    return event.name === "night-cancelled" ? event.payload.night : undefined;
  },
  initialState: () => ({ night: "", rooms: 0 }),
  handlers: {
    booked: ({ rooms }, _, night) => ({ night, rooms: rooms + 1 }),
    "night-cancelled": () => remove,
  },
  onUnhandledEvent: "ignore",
});

/** Two guests become one. A guest is forgotten only after a short stay, so a fold that lacks events goes wrong. */
const guests = projectorFor<{ nights: number }, HotelEvents>()({
  name: "guest",
  source: "category",
  key: (event) => {
    switch (event.name) {
      case "guests-merged":
        return [event.payload.from, event.payload.into];
      case "night-cancelled":
        return undefined;
      default:
        return event.payload.guest;
    }
  },
  initialState: () => ({ nights: 0 }),
  handlers: {
    booked: (state, { payload }) => ({ nights: state.nights + payload.nights.length }),
    "guests-merged": (state, { payload }, key) => (key === payload.from ? moveTo(payload.into) : state),
    "guest-forgotten": (state) => (state.nights < 3 ? remove : state),
    "night-cancelled": (state) => state,
  },
  merge: (into, from) => ({ nights: into.nights + from.nights }),
});

/** One of each stream, by a name that the state has. */
const lastGuests = projectorFor<{ guest: string; bookings: number }, HotelEvents>()({
  name: "last-guest",
  initialState: () => ({ guest: "", bookings: 0 }),
  id: ({ guest }, { stream }) => (guest === "" ? stream : guest),
  handlers: {
    booked: ({ bookings }, { payload }) => ({ guest: payload.guest, bookings: bookings + 1 }),
    "guest-forgotten": () => remove,
  },
  onUnhandledEvent: "ignore",
});

interface HotelStage {
  readonly store: ProjectionStore;
  /** Publishes past the projections, as a process does that does not have them. */
  publishPast(events: readonly HotelEvent[], stream?: string): Promise<unknown>;
  publish(events: readonly HotelEvent[], stream?: string): Promise<unknown>;
  publishMany(streams: Readonly<Record<string, readonly HotelEvent[]>>): Promise<unknown>;
  build(): Promise<void>;
  /** The ids that readers find, and their states. */
  found(name: string): Promise<Readonly<Record<string, unknown>>>;
  /** Asserts that what is stored is the fold of everything, down to what was removed when. */
  assertComplete(): Promise<void>;
}

function hotelTest(promise: string, run: (stage: HotelStage) => Promise<void>): ProjectionRuleTest {
  const test = projectionTest("sharing", promise, async ({ openShared }) => {
    const { events, projections } = await openShared();
    const store = new ProjectionStore({ adapter: projections });
    const options = { store, category: "hotel" };
    const inline = [
      inlineProjection({ projector: nights, ...options }),
      inlineProjection({ projector: guests, ...options }),
      inlineProjection({ projector: lastGuests, ...options }),
    ];
    const plain = new EventStore({ adapter: events });
    const withProjections = new EventStore({ adapter: events, inline });
    const publishTo =
      (target: EventStore) =>
      (published: readonly HotelEvent[], stream = "s") =>
        target.stream<HotelEvents>({ category: "hotel", stream }).publish({ events: published as never });
    await run({
      store,
      publishPast: publishTo(plain),
      publish: publishTo(withProjections),
      publishMany: (streams) =>
        withProjections.category<HotelEvents>("hotel").publish({
          streams: Object.entries(streams).map(([stream, published]) => ({ stream, events: published as never })),
        }),
      build: async () => {
        for (const projector of [nights, guests])
          await buildInline(projector as typeof nights, { adapter: events, ...options });
      },
      found: async (name) => {
        const { items } = await store.search({}, { name });
        return Object.fromEntries(items.map(({ id, state }) => [id, state]));
      },
      async assertComplete() {
        const category = plain.category<HotelEvents>("hotel");
        for (const expected of [await nights.projectMany(category), await guests.projectMany(category)]) {
          const name = expected[0]?.name ?? "";
          const ids = expected.map(({ id }) => id);
          const stored = await store.loadMany({ name, ids, includeRemoved: true });
          assertSame(stored, expected);
          assert.equal(await store.count({}, { name }), expected.filter(({ isRemoved }) => !isRemoved).length);
        }
      },
    });
  });
  return projectionTestNeeding("sharing", projectionTestNeeding("transactions", test));
}

const booked = (guest: string, ...booking: string[]): HotelEvent => ({
  name: "booked",
  payload: { guest, nights: booking },
});
const cancelled = (night: string): HotelEvent => ({ name: "night-cancelled", payload: { night } });
const forgotten = (guest: string): HotelEvent => ({ name: "guest-forgotten", payload: { guest } });
const merged = (from: string, into: string): HotelEvent => ({ name: "guests-merged", payload: { from, into } });

/** Inline projections that an event feeds several of, removes, or merges. */
export const sharingRemoved: readonly ProjectionRuleTest[] = [
  hotelTest("an event of several keys is folded into the projection of each", async (stage) => {
    await stage.publish([booked("ada", "mon", "tue", "mon"), booked("ben", "tue")]);
    await stage.publishPast([booked("cyn", "tue", "wed")]);
    await stage.publish([booked("ada")]);
    assertSame(await stage.found("night"), {
      mon: { night: "mon", rooms: 1 },
      tue: { night: "tue", rooms: 3 },
      wed: { night: "wed", rooms: 1 },
    });
    await stage.assertComplete();
  }),
  hotelTest("what an event removes is gone, and a later event begins anew", async (stage) => {
    await stage.publish([booked("ada", "mon", "tue"), booked("ada", "mon")]);
    await stage.publish([cancelled("mon")]);
    assertSame(await stage.found("night"), { tue: { night: "tue", rooms: 1 } });
    await stage.assertComplete();
    await stage.publish([cancelled("tue"), booked("ben", "tue"), cancelled("never")]);
    assertSame(await stage.found("night"), { tue: { night: "tue", rooms: 1 } });
    await stage.publish([booked("cyn", "mon")]);
    assertSame((await stage.found("night")).mon, { night: "mon", rooms: 1 });
    await stage.assertComplete();
  }),
  hotelTest("what was removed does not come back when events are folded again", async (stage) => {
    await stage.publish([booked("ada", "mon", "tue")]);
    const early = await stage.store.of(guests).load({ id: "ada" });
    await stage.publish([booked("ben", "mon"), forgotten("ben"), booked("cyn", "mon"), merged("cyn", "ada")]);
    assertSame(await stage.found("guest"), { ada: { nights: 3 } });
    assert.ok(early !== undefined);
    // The next publish begins where this is; it has read less than what it replaces.
    await stage.store.of(nights).save({ ...early, name: "night", id: "sun", state: { night: "sun", rooms: 0 } });
    await stage.publish([cancelled("sun"), booked("dan", "sun")]);
    assertSame(await stage.found("guest"), { ada: { nights: 3 }, dan: { nights: 1 } });
    await stage.assertComplete();
  }),
  hotelTest("a merge leaves one projection, and refuses to go on without the other", async (stage) => {
    await stage.publish([booked("ada", "mon"), booked("ben", "tue", "wed", "thu")]);
    await stage.publish([merged("ben", "ada")]);
    assertSame(await stage.found("guest"), { ada: { nights: 4 } });
    await stage.publish([booked("ben", "fri")]);
    assertSame(await stage.found("guest"), { ada: { nights: 4 }, ben: { nights: 1 } });
    await stage.assertComplete();
    await stage.store.of(guests).delete({ id: "ada" });
    const { projection, path } = await rejectsWith(stage.publish([booked("ada", "sat")]), "INVALID_PROJECTION");
    assertSame([projection, path], ["guest", 'handlers["guests-merged"]']);
    await stage.store.clear("guest");
    await stage.publish([booked("ada", "sat")]);
    assertSame(await stage.found("guest"), { ada: { nights: 5 }, ben: { nights: 1 } });
    await stage.assertComplete();
  }),
  hotelTest("builds fold into several, remove and merge as publishes do", async (stage) => {
    const week = ["mon", "tue", "wed", "thu"];
    const events = Array.from({ length: 2_300 }, (_, n): HotelEvent => {
      const guest = `g-${n % 11}`;
      if (n % 13 === 5) return merged(guest, `g-${(n + 3) % 11}`);
      if (n % 17 === 3) return forgotten(guest);
      if (n % 19 === 7) return cancelled(week[n % 4] as string);
      return booked(guest, ...week.slice(n % 4, (n % 4) + 2));
    });
    for (let start = 0; start < events.length; start += 500) {
      await stage.publishPast(events.slice(start, start + 500), `s-${start}`);
    }
    await stage.build();
    await stage.assertComplete();
    await stage.publish(events.slice(0, 50));
    await stage.assertComplete();
  }),
  hotelTest("a projection of a stream that was removed gives its id up, and begins anew", async (stage) => {
    await stage.publish([booked("ada", "mon")], "a");
    await stage.publish([booked("ben", "mon")], "b");
    await stage.publish([forgotten("ada")], "a");
    assertSame(await stage.found("last-guest"), { ben: { guest: "ben", bookings: 1 } });
    await stage.publish([booked("ada", "tue")], "b");
    assertSame(await stage.found("last-guest"), { ada: { guest: "ada", bookings: 2 } });
    await stage.publish([booked("cyn", "tue")], "a");
    assertSame(await stage.found("last-guest"), {
      ada: { guest: "ada", bookings: 2 },
      cyn: { guest: "cyn", bookings: 1 },
    });
    await stage.publishMany({ a: [forgotten("cyn")], b: [booked("cyn", "wed")] });
    assertSame(await stage.found("last-guest"), { cyn: { guest: "cyn", bookings: 3 } });
    await stage.publishPast([booked("eve", "wed"), forgotten("eve"), booked("dan", "wed")], "a");
    await stage.publish([booked("dan", "thu")], "a");
    assertSame((await stage.found("last-guest")).dan, { guest: "dan", bookings: 2 });
    const taken = await rejectsWith(stage.publish([booked("dan", "fri")], "b"), "PROJECTION_ID_TAKEN");
    assertSame([taken.id, taken.heldBy], ["dan", { kind: "stream", category: "hotel", stream: "a" }]);
  }),
];
