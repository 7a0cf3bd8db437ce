import { defineDecider, eventTable } from "@eventfold/commands";

export type StockEvents = {
  "goods-received": { quantity: number };
  "goods-reserved": { order: string; quantity: number };
  "reservation-declined": { order: string };
  "goods-released": { order: string; quantity: number };
};

interface Stock {
  readonly available: number;
  readonly reservations: readonly { readonly order: string; readonly quantity: number }[];
}

/** One stream per kind of goods. */
export const stock = defineDecider({
  name: "stock",
  events: eventTable<StockEvents>(),
  initialState: (): Stock => ({ available: 0, reservations: [] }),
  evolve: {
    "goods-received": (state, { payload }) => ({ ...state, available: state.available + payload.quantity }),
    "goods-reserved": ({ available, reservations }, { payload: { order, quantity } }) => ({
      available: available - quantity,
      reservations: [...reservations, { order, quantity }],
    }),
    "reservation-declined": (state) => state,
    "goods-released": ({ available, reservations }, { payload: { order, quantity } }) => ({
      available: available + quantity,
      reservations: reservations.filter((reservation) => reservation.order !== order),
    }),
  },
  decide: {
    receive: ({ quantity }: { quantity: number }) => ({ name: "goods-received", payload: { quantity } }),
    // What a process asks for is declined by an event: an exception would not be remembered, and nobody could react to it.
    reserve: ({ order, quantity }: { order: string; quantity: number }, { available }) =>
      quantity <= available
        ? { name: "goods-reserved", payload: { order, quantity } }
        : { name: "reservation-declined", payload: { order } },
    release: ({ order }: { order: string }, { reservations }) =>
      reservations
        .filter((reservation) => reservation.order === order)
        .map(({ quantity }) => ({ name: "goods-released", payload: { order, quantity } })),
  },
});
