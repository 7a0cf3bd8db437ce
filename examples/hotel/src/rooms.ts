import { defineDecider } from "@eventfold/commands";
import { defineEvents, event } from "@eventfold/events";
import { z } from "zod";

const booking = z.string();

/** Money is in cents. A stay ends on the morning of `to`. */
export const roomEvents = defineEvents({
  "room-added": event({ schema: z.object({ beds: z.int().positive(), price: z.int().positive() }) }),
  "room-booked": event({
    schema: z.object({ booking, guest: z.string(), from: z.iso.date(), to: z.iso.date(), total: z.int().positive() }),
  }),
  "booking-cancelled": event({ schema: z.object({ booking }) }),
});

interface Stay {
  readonly booking: string;
  readonly from: string;
  readonly to: string;
}

/** A room is never booked twice for the same night. */
export const room = defineDecider({
  name: "room",
  events: roomEvents,
  initialState: () => ({ price: 0, stays: [] as readonly Stay[] }),
  evolve: {
    "room-added": (state, { payload }) => ({ ...state, price: payload.price }),
    "room-booked": (state, { payload: { booking, from, to } }) => ({
      ...state,
      stays: [...state.stays, { booking, from, to }],
    }),
    "booking-cancelled": (state, { payload }) => ({
      ...state,
      stays: state.stays.filter((stay) => stay.booking !== payload.booking),
    }),
  },
  decide: {
    add: (payload: { beds: number; price: number }, { price }) => {
      if (price > 0) throw new Error("The room is there already.");
      return { name: "room-added", payload };
    },
    book: (stay: Stay & { guest: string }, { price, stays }) => {
      if (price === 0) throw new Error("There is no such room.");
      if (stay.from >= stay.to) throw new Error("A stay has at least one night.");
      if (stays.some(({ from, to }) => stay.from < to && from < stay.to)) throw new Error("The room is booked.");
      const { booking, guest, from, to } = stay;
      return { name: "room-booked", payload: { booking, guest, from, to, total: price * nights(from, to) } };
    },
    cancel: (cancelled: { booking: string }, { stays }) =>
      stays.some((stay) => stay.booking === cancelled.booking)
        ? { name: "booking-cancelled", payload: { booking: cancelled.booking } }
        : [],
  },
});

function nights(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000;
}
