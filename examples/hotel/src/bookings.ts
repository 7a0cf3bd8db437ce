import { defineProjector } from "@eventfold/projections";
import { roomEvents } from "./rooms.ts";

/** What the front desk looks up: one projection for each booking. */
export const bookings = defineProjector({
  name: "booking",
  source: "category",
  events: roomEvents,
  key: (event) => (event.name === "room-added" ? [] : event.payload.booking),
  initialState: () => ({ room: "", guest: "", from: "", to: "", total: 0, isCancelled: false }),
  handlers: {
    "room-added": (state) => state,
    "room-booked": (state, { stream, payload: { guest, from, to, total } }) => ({
      ...state,
      ...{ room: stream, guest, from, to, total },
    }),
    "booking-cancelled": (state) => ({ ...state, isCancelled: true }),
  },
});
