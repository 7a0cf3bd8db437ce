import { projectorFor } from "@eventfold/projections";
import type { NewEvent, StoredEvent } from "@eventfold/store";

export interface AccountEvents {
  readonly opened: { readonly owner: string };
  readonly deposited: { readonly amount: number; readonly at?: Date | undefined };
  readonly closed: Record<never, never>;
}

export interface Account {
  readonly isOpen: boolean;
  readonly owner?: string | undefined;
  readonly balance: number;
}

export type Command =
  | { readonly kind: "open"; readonly owner: string }
  | { readonly kind: "deposit"; readonly amounts: readonly number[] }
  | { readonly kind: "close" };

export class AccountClosedError extends Error {
  readonly code = "ACCOUNT_CLOSED";
}

export const account = {
  initialState: (): Account => ({ isOpen: false, balance: 0 }),
  evolve: (state: Account, event: StoredEvent<AccountEvents>): Account => {
    switch (event.name) {
      case "opened":
        return { ...state, isOpen: true, owner: event.payload.owner };
      case "deposited":
        return { ...state, balance: state.balance + event.payload.amount };
      case "closed":
        return { ...state, isOpen: false };
    }
  },
  decide: (command: Command, state: Account): NewEvent<AccountEvents>[] => {
    if (command.kind === "open") return [{ name: "opened", payload: { owner: command.owner } }];
    if (!state.isOpen) throw new AccountClosedError("The account is closed.");
    if (command.kind === "close") return state.balance === 0 ? [{ name: "closed", payload: {} }] : [];
    return command.amounts.map((amount) => ({
      name: "deposited",
      payload: { amount, at: new Date(0) },
      metadata: { by: "test" },
    }));
  },
};

export const asyncAccount = {
  ...account,
  decide: async (command: Command, state: Account): Promise<NewEvent<AccountEvents>[]> =>
    account.decide(command, state),
};

const definition = {
  initialState: () => ({ owner: "", balance: 0 }),
  handlers: {
    opened: (
      state: { owner: string; balance: number },
      { payload }: { readonly payload: { readonly owner: string } },
    ) => ({
      ...state,
      owner: payload.owner,
    }),
    deposited: (
      state: { owner: string; balance: number },
      { payload }: { readonly payload: { readonly amount: number } },
    ) => ({ ...state, balance: state.balance + payload.amount }),
    closed: (state: { owner: string; balance: number }) => {
      if (state.balance !== 0) throw new AccountClosedError("It is not empty.");
      return state;
    },
  },
};

export const accountProjector = projectorFor<{ owner: string; balance: number }, AccountEvents>()({
  ...definition,
  name: "account",
});

export const perStream = projectorFor<{ owner: string; balance: number }, AccountEvents>()({
  ...definition,
  name: "account-by-stream",
  source: "category",
  key: (event) => event.stream,
});
