import { type Projector, remove, type SnapshotStore } from "@eventfold/projections";
import type { EventCategory, EventStore, EventTranslation, SourceOptions, StoredEvent } from "@eventfold/store";
import type { EventShape } from "@eventfold/types";
import { expectTypeOf } from "vitest";
import { defineDecider, eventTable } from "../src/index.ts";

interface AccountEvents {
  "account-opened": { owner: string; at: Date };
  "money-deposited": { amount: number };
}

declare const store: EventStore;
declare const snapshots: { readonly store: SnapshotStore };
const accounts = store.category<AccountEvents>("accounts");
const stream = accounts.stream("acc-1");
const events = eventTable<AccountEvents>();

// Everything is inferred from the events, the initial state and the parameters of the decisions.
const account = defineDecider({
  events,
  initialState: () => ({ isOpen: false, balance: 0, since: "" }),
  evolve: {
    "account-opened": (state, { payload, name }) => {
      expectTypeOf(state).toEqualTypeOf<{ isOpen: boolean; balance: number; since: string }>();
      expectTypeOf(name).toEqualTypeOf<"account-opened">();
      return { ...state, isOpen: true, since: payload.at };
    },
    "money-deposited": (state, { payload }) => ({ ...state, balance: state.balance + payload.amount }),
  },
  decide: {
    open: ({ owner }: { owner: string }, state) => {
      expectTypeOf(state.isOpen).toEqualTypeOf<boolean>();
      return state.isOpen ? [] : { name: "account-opened", payload: { owner, at: new Date() } };
    },
    deposit: ({ amounts }: { readonly amounts: readonly number[] }, _) =>
      amounts.map((amount) => ({ name: "money-deposited", payload: { amount } })),
    "pay-interest": (_, { balance }) => [{ name: "money-deposited", payload: { amount: balance / 100 } }],
    touch: () => [],
  },
});

type Commands = Parameters<typeof account.decide>[0];
expectTypeOf<Commands["type"]>().toEqualTypeOf<"open" | "deposit" | "pay-interest" | "touch">();
expectTypeOf(account.commandTypes).toEqualTypeOf<readonly Commands["type"][]>();

const executed = await account.execute(stream, { type: "deposit", amounts: [5] }, { commandId: "c-1" });
expectTypeOf(executed.state).toEqualTypeOf<{ isOpen: boolean; balance: number; since: string }>();
expectTypeOf(executed.events).toEqualTypeOf<readonly StoredEvent<AccountEvents>[]>();
expectTypeOf(executed.isRepeat).toEqualTypeOf<boolean>();
await account.execute(stream, { type: "touch" });
await account.execute(stream, { type: "pay-interest" });

// @ts-expect-error a command that it does not know
await account.execute(stream, { type: "close" });
// @ts-expect-error a command with other members
await account.execute(stream, { type: "deposit", amount: 5 });
// @ts-expect-error a command with a member of another type
await account.execute(stream, { type: "open", owner: 5 });
// @ts-expect-error a command without what it needs
await account.execute(stream, { type: "open" });
// @ts-expect-error a command with too much
await account.execute(stream, { type: "touch", owner: "Ada" });

// The stream must be one of these events.
await account.execute(store.stream({ category: "accounts", stream: "acc-1" }), { type: "touch" }); // takes its type from here
const untyped = store.stream({ category: "accounts", stream: "acc-1" });
// @ts-expect-error a stream of any events
await account.execute(untyped, { type: "touch" });
declare const orders: EventCategory<{ "order-placed": { total: number } }>;
// @ts-expect-error a stream of other events
await account.execute(orders.stream("o-1"), { type: "touch" });
declare const more: EventCategory<AccountEvents & { "account-closed": null }>;
// @ts-expect-error a stream of more events
await account.execute(more.stream("acc-1"), { type: "touch" });
// @ts-expect-error a category
await account.execute(accounts, { type: "touch" });

// Commands may be declared elsewhere, with their types in them.
type DepositCommand = { readonly type: "deposit"; readonly amount: number };
type Command = DepositCommand | { readonly type: "open"; readonly owner: string };
const declared = defineDecider({
  events,
  initialState: () => 0,
  evolve: { "account-opened": (n) => n, "money-deposited": (n, { payload }) => n + payload.amount },
  decide: {
    deposit: ({ amount }: DepositCommand) => ({ name: "money-deposited", payload: { amount } }),
    open: ({ owner }: Extract<Command, { type: "open" }>) => ({
      name: "account-opened",
      payload: { owner, at: new Date() },
    }),
  },
});
declare const command: Command;
await declared.execute(stream, command);

const initialState = () => 0;
const evolve = {
  "account-opened": (n: number) => n,
  "money-deposited": (n: number, { payload }: { readonly payload: { readonly amount: number } }) => n + payload.amount,
};
const decide = {};

// @ts-expect-error a handler is missing
defineDecider({ events, initialState, evolve: { "account-opened": (n) => n }, decide });
// @ts-expect-error a handler for an event that is not in the table
defineDecider({ events, initialState, evolve: { ...evolve, "account-closed": (n) => n }, decide });
// @ts-expect-error a handler that returns another state
defineDecider({ events, initialState, evolve: { ...evolve, "account-opened": () => "0" }, decide });
defineDecider({
  events,
  initialState,
  // @ts-expect-error a handler that reads what the payload does not have
  evolve: { ...evolve, "account-opened": (_, { payload }) => payload.amount },
  decide,
});
// @ts-expect-error a state cannot be removed
defineDecider({ events, initialState, evolve: { ...evolve, "account-opened": () => remove }, decide });
// @ts-expect-error the initial state is made by a function
defineDecider({ events, initialState: 0, evolve, decide });
// @ts-expect-error without events nothing tells what may be decided
defineDecider({ initialState, evolve, decide });

defineDecider({
  events,
  initialState,
  evolve,
  // @ts-expect-error an event that is not in the table is decided
  decide: { deposit: () => [{ name: "deposited", payload: { amount: 1 } }] },
});
defineDecider({
  events,
  initialState,
  evolve,
  // @ts-expect-error an event with another payload is decided
  decide: { deposit: () => [{ name: "money-deposited", payload: { amount: "1" } }] },
});
// @ts-expect-error nothing is returned
defineDecider({ events, initialState, evolve, decide: { deposit: () => {} } });
// @ts-expect-error a decision is asynchronous
defineDecider({ events, initialState, evolve, decide: { deposit: async () => [] } });
// @ts-expect-error a decision asks for another state
defineDecider({ events, initialState, evolve, decide: { deposit: (_: object, _state: string) => [] } });
defineDecider({
  events,
  initialState,
  evolve,
  // @ts-expect-error a decision reads a command that has no type
  decide: { deposit: (c) => [{ name: "money-deposited", payload: { amount: c.amount } }] },
});

// Snapshots and the projector need a name.
const named = defineDecider({ name: "account", version: 2, events, initialState, evolve, decide: { touch: () => [] } });
expectTypeOf(named.name).toEqualTypeOf<"account">();
expectTypeOf(named.projector).toEqualTypeOf<Projector<number, AccountEvents>>();
await named.execute(stream, { type: "touch" }, { snapshots });
await named.projector.project(stream);
expectTypeOf(account.projector).toEqualTypeOf<{ readonly refusedBecause: "the decider has no `name`" }>();
// @ts-expect-error it has no name
await account.execute(stream, { type: "touch" }, { snapshots });
const dated = defineDecider({
  name: "dated",
  events,
  initialState: () => ({ at: new Date() }),
  evolve: { "account-opened": (state) => state, "money-deposited": (state) => state },
  decide: { touch: () => [] },
});
await dated.execute(stream, { type: "touch" });
// @ts-expect-error a state with a date does not come back from a snapshot
await dated.execute(stream, { type: "touch" }, { snapshots });

// Events whose payloads are read as other types than they are published.
interface Shapes {
  "account-opened": EventShape<{ owner: string; at?: Date }, { readonly owner: string; readonly at: Date }>;
}
declare const definitions: EventTranslation<Shapes>;
const shaped = defineDecider({
  events: definitions,
  initialState: () => ({ at: new Date() }),
  evolve: { "account-opened": (_, { payload }) => ({ at: payload.at }) },
  decide: { open: ({ owner }: { owner: string }) => ({ name: "account-opened", payload: { owner } }) },
});
const namedShaped = defineDecider({
  name: "opening",
  events: definitions,
  initialState: () => ({ since: "" }),
  evolve: { "account-opened": (_, { payload }) => ({ since: payload.at.toISOString() }) },
  decide: { open: ({ owner }: { owner: string }) => ({ name: "account-opened", payload: { owner } }) },
});
expectTypeOf(namedShaped.projector.reading).toEqualTypeOf<SourceOptions<Shapes>>();
await shaped.execute(store.category("accounts", { events: definitions }).stream("acc-1"), {
  type: "open",
  owner: "Ada",
});
