import { defineDecider, eventTable } from "@eventfold/commands";

export type AccountEvents = {
  "account-opened": { owner: string };
  "money-deposited": { amount: number };
  "money-withdrawn": { amount: number };
};

class OverdrawnError extends Error {
  readonly code = "OVERDRAWN";
}

/** Accounts, which refuse to be overdrawn. */
export const account = defineDecider({
  name: "account",
  events: eventTable<AccountEvents>(),
  initialState: () => ({ isOpen: false, balance: 0 }),
  evolve: {
    "account-opened": (state) => ({ ...state, isOpen: true }),
    "money-deposited": (state, { payload }) => ({ ...state, balance: state.balance + payload.amount }),
    "money-withdrawn": (state, { payload }) => ({ ...state, balance: state.balance - payload.amount }),
  },
  decide: {
    open: ({ owner }: { owner: string }, { isOpen }) => (isOpen ? [] : { name: "account-opened", payload: { owner } }),
    deposit: ({ amounts }: { amounts: readonly number[] }, _state) =>
      amounts.map((amount) => ({ name: "money-deposited", payload: { amount } })),
    withdraw: ({ amount }: { amount: number }, { balance }) => {
      if (balance < amount) throw new OverdrawnError("There is not enough money.");
      return { name: "money-withdrawn", payload: { amount } };
    },
  },
});
