import { defineDecider, eventTable } from "@eventfold/commands";

export type WalletEvents = {
  "money-added": { amount: number };
  "payment-taken": { order: string; amount: number };
  "payment-declined": { order: string };
};

/** One stream per customer. */
export const wallet = defineDecider({
  name: "wallet",
  events: eventTable<WalletEvents>(),
  initialState: () => ({ balance: 0 }),
  evolve: {
    "money-added": ({ balance }, { payload }) => ({ balance: balance + payload.amount }),
    "payment-taken": ({ balance }, { payload }) => ({ balance: balance - payload.amount }),
    "payment-declined": (state) => state,
  },
  decide: {
    add: ({ amount }: { amount: number }) => ({ name: "money-added", payload: { amount } }),
    pay: ({ order, amount }: { order: string; amount: number }, { balance }) =>
      amount <= balance
        ? { name: "payment-taken", payload: { order, amount } }
        : { name: "payment-declined", payload: { order } },
  },
});
