import { defineDecider, eventTable } from "@eventfold/commands";

export type OrderEvents = {
  "order-placed": { order: string; customer: string; sku: string; quantity: number; total: number };
  "order-confirmed": { order: string };
  "order-cancelled": { order: string; reason: string };
};

/** One stream per order. */
export const order = defineDecider({
  name: "order",
  events: eventTable<OrderEvents>(),
  initialState: () => ({ status: "new" }),
  evolve: {
    "order-placed": () => ({ status: "placed" }),
    "order-confirmed": () => ({ status: "confirmed" }),
    "order-cancelled": () => ({ status: "cancelled" }),
  },
  decide: {
    place: (command: OrderEvents["order-placed"], { status }) => {
      if (status !== "new") throw new Error(`The order ${command.order} has been placed before.`);
      const { order, customer, sku, quantity, total } = command;
      return {
        name: "order-placed",
        payload: { order, customer, sku, quantity, total },
        tags: [`order:${order}`], // by which the process finds all events of this order
      };
    },
    confirm: ({ order }: { order: string }, { status }) =>
      status === "placed" ? { name: "order-confirmed", payload: { order } } : [],
    cancel: ({ order, reason }: { order: string; reason: string }, { status }) =>
      status === "placed" ? { name: "order-cancelled", payload: { order, reason } } : [],
  },
});
