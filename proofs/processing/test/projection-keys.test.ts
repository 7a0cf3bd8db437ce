import { consumeAll, ProcessingControl, projectionSubscription, retry } from "@eventfold/processing";
import { moveTo, projectorFor, remove } from "@eventfold/projections";
import { describe, expect, it } from "vitest";
import { openProjectionStage, type ProjectionStage } from "../src/projection-stage.ts";

type HotelEvents = {
  booked: { guest: string; nights: readonly string[] };
  closed: { night: string };
  merged: { from: string; into: string };
};

/** Of each night one projection, of which a booking concerns several; a night that is closed is removed. */
const nightProjector = projectorFor<{ guests: readonly string[] }, Omit<HotelEvents, "merged">>()({
  name: "night",
  source: "category",
  key: (event) => (event.name === "booked" ? event.payload.nights : event.payload.night),
  initialState: () => ({ guests: [] }),
  handlers: {
    booked: ({ guests }, { payload }) => ({ guests: [...guests, payload.guest] }),
    closed: () => remove,
  },
});

/** Of each guest one projection; two of them may turn out to be one. */
const guestProjector = projectorFor<{ nights: number }, HotelEvents>()({
  name: "guest",
  source: "category",
  key: (event) => {
    if (event.name === "booked") return event.payload.guest;
    return event.name === "merged" ? [event.payload.from, event.payload.into] : undefined;
  },
  initialState: () => ({ nights: 0 }),
  handlers: {
    booked: ({ nights }, { payload }) => ({ nights: nights + payload.nights.length }),
    closed: (state) => state,
    merged: (state, { payload }, key) => (key === payload.from ? moveTo(payload.into) : state),
  },
  merge: (into, from) => ({ nights: into.nights + from.nights }),
});

async function publishBookings({ store }: ProjectionStage, rounds: number): Promise<void> {
  for (let n = 0; n < rounds; n += 1) {
    const stream = store.category<Omit<HotelEvents, "merged">>("hotel").stream(`room-${n % 5}`);
    const nights = [`night-${n % 11}`, `night-${(n + 1) % 11}`];
    await stream.publish({ events: [{ name: "booked", payload: { guest: `guest-${n % 7}`, nights } }] });
    if (n % 9 !== 8) continue;
    await stream.publish({ events: [{ name: "closed", payload: { night: `night-${n % 11}` } }] });
  }
}

function nightsOf({ store, projections: projectionStore }: ProjectionStage, partitions: number) {
  const source = store.category<Omit<HotelEvents, "merged">>("hotel");
  const onFailure = retry({ times: 0 }).then("stop");
  return projectionSubscription({ projector: nightProjector, source, projectionStore, partitions, onFailure });
}

async function expectNights({ store, projections }: ProjectionStage): Promise<void> {
  const source = store.category<Omit<HotelEvents, "merged">>("hotel");
  const folded = (await nightProjector.projectMany(source)).filter(({ isRemoved }) => isRemoved !== true);
  const { items } = await projections.of(nightProjector).search();
  expect(items.toSorted(byId)).toEqual(folded.toSorted(byId));
}

function byId(left: { readonly id: string }, right: { readonly id: string }): number {
  return left.id < right.id ? -1 : 1;
}

describe("a projection subscription", () => {
  it("folds an event onto all projections that it concerns, and removes some for good", async () => {
    await using stage = await openProjectionStage();
    const { storage } = stage;
    for (let round = 0; round < 3; round += 1) {
      await publishBookings(stage, 40);
      await consumeAll(nightsOf(stage, 1), { storage });
      await expectNights(stage);
    }
    await new ProcessingControl({ storage }).reset("night@1", "beginning");
    await consumeAll(nightsOf(stage, 1), { storage });
    await expectNights(stage);
  });

  it("refuses events that concern several projections where these may be in several partitions", async () => {
    await using stage = await openProjectionStage();
    await publishBookings(stage, 5);
    await expect(consumeAll(nightsOf(stage, 3), { storage: stage.storage })).rejects.toThrow("must have one, got 3");
    expect(await stage.projections.of(nightProjector).count()).toBe(0);
  });

  it("merges projections in one partition, and refuses more", async () => {
    await using stage = await openProjectionStage();
    const { store, projections: projectionStore, storage } = stage;
    const source = store.category<HotelEvents>("hotel");
    const given = { projector: guestProjector, source, projectionStore };
    expect(() => projectionSubscription({ ...given, partitions: 2 })).toThrow("it merges projections of several keys");
    await publishBookings(stage, 30);
    await consumeAll(projectionSubscription(given), { storage });
    const merged = { name: "merged", payload: { from: "guest-1", into: "guest-2" } } as const;
    await source.stream("guests").publish({ events: [merged] });
    await publishBookings(stage, 10);
    await consumeAll(projectionSubscription(given), { storage });
    const folded = (await guestProjector.projectMany(source)).filter(({ isRemoved }) => isRemoved !== true);
    const { items } = await projectionStore.of(guestProjector).search();
    expect(items.toSorted(byId)).toEqual(folded.toSorted(byId));
  });
});
