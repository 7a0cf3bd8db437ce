import { defineDecider } from "@eventfold/commands";
import { defineEvents, event } from "@eventfold/events";
import { z } from "zod";

const cents = z.object({ cents: z.int().positive() });

/** The stream of a booking's payments has the name of the booking. */
export const paymentEvents = defineEvents({
  "payment-requested": event({ schema: cents }),
  "payment-received": event({ schema: cents }),
  "payment-refunded": event({ schema: cents }),
});

export const payment = defineDecider({
  name: "payment",
  events: paymentEvents,
  initialState: () => ({ requested: 0, paid: 0 }),
  evolve: {
    "payment-requested": (state, { payload }) => ({ ...state, requested: payload.cents }),
    "payment-received": (state, { payload }) => ({ ...state, paid: state.paid + payload.cents }),
    "payment-refunded": (state, { payload }) => ({ requested: 0, paid: state.paid - payload.cents }),
  },
  decide: {
    request: (payload: { cents: number }) => ({ name: "payment-requested", payload }),
    receive: (payload: { cents: number }, { requested, paid }) => {
      if (paid + payload.cents > requested) throw new Error(`Only ${requested - paid} cents are due.`);
      return { name: "payment-received", payload };
    },
    refund: (_: unknown, { paid }) => (paid > 0 ? { name: "payment-refunded", payload: { cents: paid } } : []),
  },
});
