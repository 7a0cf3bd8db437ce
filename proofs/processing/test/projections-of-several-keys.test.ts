import { consumeAll, ProcessingControl, projectionSubscription, retry } from "@eventfold/processing";
import { moveTo, type Projection, projectorFor, remove } from "@eventfold/projections";
import { describe, expect, it } from "vitest";
import { openProjectionStage } from "../src/projection-stage.ts";

interface HotelEvents {
  readonly booked: { readonly guest: string; readonly nights: readonly string[] };
  readonly merged: { readonly from: string; readonly into: string };
  readonly forgotten: { readonly guest: string };
}
type HotelEvent = {
  [TName in keyof HotelEvents]: { readonly name: TName; readonly payload: HotelEvents[TName] };
}[keyof HotelEvents];

const nights = projectorFor<{ rooms: number }, HotelEvents>()({
  name: "night",
  source: "category",
  key: (event) => (event.name === "booked" ? event.payload.nights : undefined),
  initialState: () => ({ rooms: 0 }),
  handlers: { booked: ({ rooms }) => ({ rooms: rooms + 1 }) },
  onUnhandledEvent: "ignore",
});

const guests = projectorFor<{ nights: number }, HotelEvents>()({
  name: "guest",
  source: "category",
  key: (event) => (event.name === "merged" ? [event.payload.from, event.payload.into] : event.payload.guest),
  initialState: () => ({ nights: 0 }),
  handlers: {
    booked: (state, { payload }) => ({ nights: state.nights + payload.nights.length }),
    merged: (state, { payload }, key) => (key === payload.from ? moveTo(payload.into) : state),
    forgotten: (state) => (state.nights < 20 ? remove : state),
  },
  merge: (into, from) => ({ nights: into.nights + from.nights }),
});

const lastGuests = projectorFor<{ guest: string }, HotelEvents>()({
  name: "last-guest",
  initialState: () => ({ guest: "" }),
  handlers: { booked: (_, { payload }) => ({ guest: payload.guest }), forgotten: () => remove },
  onUnhandledEvent: "ignore",
});

/** A few hundred events of seven guests, whom some events merge and some forget. */
const events = Array.from({ length: 300 }, (_, n): HotelEvent => {
  const guest = `guest-${n % 7}`;
  if (n === 20) return { name: "booked", payload: { guest: "guest-7", nights: ["night-0"] } };
  if (n === 40) return { name: "forgotten", payload: { guest: "guest-7" } };
  if (n % 23 === 5) return { name: "merged", payload: { from: guest, into: `guest-${(n + 2) % 7}` } };
  if (n % 11 === 3) return { name: "forgotten", payload: { guest } };
  return { name: "booked", payload: { guest, nights: [`night-${n % 5}`, `night-${n % 9}`] } };
});

describe("projections that an event has several of, removes or merges", () => {
  it("are in the background what they are in a fold of everything, and folded again they stay so", async () => {
    await using stage = await openProjectionStage();
    const { store, projections: projectionStore, storage } = stage;
    const hotel = store.category<HotelEvents>("hotel");
    const subscriptions = () => [
      projectionSubscription({ projector: nights, source: hotel, projectionStore }),
      projectionSubscription({ projector: guests, source: hotel, projectionStore }),
      projectionSubscription({ projector: lastGuests, source: hotel, projectionStore, partitions: 4 }),
    ];
    const consume = async (): Promise<void> => {
      for (const subscription of subscriptions()) await consumeAll(subscription, { storage });
    };
    const expectComplete = async (): Promise<void> => {
      const expected: Projection[] = [...(await nights.projectMany(hotel)), ...(await guests.projectMany(hotel))];
      for await (const { stream } of hotel.streams()) expected.push(await lastGuests.project(hotel.stream(stream)));
      expect(expected.find(({ id }) => id === "guest-7")).toMatchObject({ isRemoved: true });
      for (const projection of expected) {
        const stored = await projectionStore.load({ ...projection, includeRemoved: true });
        expect(stored).toEqual(projection);
      }
      expect(await projectionStore.count()).toBe(expected.filter(({ isRemoved }) => !isRemoved).length);
    };
    for (let start = 0; start < events.length; start += 60) {
      const stream = hotel.stream(`stream-${start % 7}`);
      await stream.publish({ events: events.slice(start, start + 60) as never });
      await consume();
      await expectComplete();
    }
    const control = new ProcessingControl({ storage });
    for (const to of [{ sequenceNumber: 170 }, "beginning"] as const) {
      for (const { name } of subscriptions()) await control.reset(name, to);
      await consume();
      await expectComplete();
    }
  });

  it("are refused where several partitions would fold one event", async () => {
    await using stage = await openProjectionStage();
    const { store, projections: projectionStore, storage } = stage;
    const hotel = store.category<HotelEvents>("hotel");
    const given = { source: hotel, projectionStore, partitions: 2 };
    expect(() => projectionSubscription({ projector: guests, ...given })).toThrow(
      new RangeError(
        'A subscription with the projector "guest" must have one partition, got 2: it merges projections of several keys.',
      ),
    );
    const booked = { name: "booked", payload: { guest: "ada", nights: ["mon", "tue"] } } as const;
    await hotel.stream("s").publish({ events: [booked] });
    const onFailure = retry({ times: 0 }).then("stop");
    const failing = consumeAll(projectionSubscription({ projector: nights, ...given, onFailure }), { storage });
    await expect(failing).rejects.toThrow("folds an event (sequence number 1) into 2 projections");
    expect(await projectionStore.count()).toBe(0);
  });
});
