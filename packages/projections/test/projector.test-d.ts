import { filter, keysetPage, sortBy } from "@eventfold/query";
import {
  type EventStore,
  eventList,
  observedBefore,
  occurredBefore,
  type PositionIs,
  positionAfter,
  type StreamIsEmpty,
  unchangedSince,
} from "@eventfold/store";
import type { StoredEvent } from "@eventfold/types";
import { expectTypeOf } from "vitest";
import {
  inlineProjection,
  moveTo,
  type Projection,
  type ProjectionStore,
  projectorFor,
  type RefusedState,
  remove,
  type WhereStorable,
} from "../src/index.ts";

interface Account {
  owner: string;
  balance: number;
  tags: string[];
  note?: string | undefined;
}
interface AccountEvents {
  "account-opened": { owner: string; at: Date };
  "money-deposited": { amount: number };
}
interface MoreEvents extends AccountEvents {
  "account-frozen": { reason: string };
}

declare const store: EventStore;
declare const projectionStore: ProjectionStore;
const stream = store.stream<AccountEvents>({ category: "accounts", stream: "acc-1" });
const category = store.category<AccountEvents>("accounts");

const initialState = (): Account => ({ owner: "", balance: 0, tags: [] });
const opened = (state: Account, { payload }: { readonly payload: { readonly owner: string } }): Account => ({
  ...state,
  owner: payload.owner,
});

// Handlers, metadata and id are typed from the table and the state.
const accountProjector = projectorFor<Account, AccountEvents>()({
  name: "account",
  version: 1,
  initialState: () => ({ owner: "", balance: 0, tags: [] }),
  handlers: {
    "account-opened": (state, { payload, name }) => {
      expectTypeOf(state).toEqualTypeOf<Account>();
      expectTypeOf(name).toEqualTypeOf<"account-opened">();
      expectTypeOf(payload.at).toEqualTypeOf<string>();
      return { ...state, owner: payload.owner };
    },
    "money-deposited": (state, { payload }) => ({ ...state, balance: state.balance + payload.amount }),
  },
  metadata: {
    initial: () => ({ events: 0, at: null as string | null }),
    update: (m, event) => {
      expectTypeOf(m).toEqualTypeOf<{ events: number; at: string | null }>();
      expectTypeOf(event).toEqualTypeOf<StoredEvent<AccountEvents>>();
      return { events: m.events + 1, at: event.observedAt.toISOString() };
    },
  },
  id: (state, source) => {
    expectTypeOf(state).toEqualTypeOf<Account>();
    expectTypeOf(source.kind).toEqualTypeOf<"stream">();
    return source.stream;
  },
});

const projection = await accountProjector.project(stream);
expectTypeOf(projection.state).toEqualTypeOf<Account>();
expectTypeOf(projection.metadata).toEqualTypeOf<{ events: number; at: string | null }>();
expectTypeOf(accountProjector.apply(projection, [])).toEqualTypeOf<typeof projection>();

// Without metadata it is null.
const plain = projectorFor<Account, AccountEvents>()({
  name: "account",
  initialState,
  handlers: { "account-opened": opened, "money-deposited": (state) => state },
});
expectTypeOf((await plain.project(stream)).metadata).toEqualTypeOf<null>();

// A missing handler, a handler of no event, a wrong state, a wrong payload.
const definition = { name: "account", initialState, handlers: { "account-opened": opened } } as const;
// @ts-expect-error the definition goes into a second call
projectorFor<Account, AccountEvents>(definition);
// @ts-expect-error the same, without types
projectorFor(definition);
expectTypeOf<
  NonNullable<Parameters<typeof projectorFor>[0]>["refusedBecause"]
>().toEqualTypeOf<"the definition goes into a second call: `projectorFor<State, Events>()({ … })`">();
projectorFor<Account, AccountEvents>()({
  name: "account",
  initialState,
  // @ts-expect-error "money-deposited" has no handler
  handlers: { "account-opened": opened },
});
projectorFor<Account, AccountEvents>()({
  name: "account",
  initialState,
  // @ts-expect-error there is no such event
  handlers: { "account-opened": opened, "money-deposited": (state) => state, "account-closed": (state) => state },
});
projectorFor<Account, AccountEvents>()({
  name: "account",
  initialState,
  handlers: {
    "account-opened": opened,
    // @ts-expect-error the balance is a number
    "money-deposited": (state) => ({ ...state, balance: "much" }),
  },
});
projectorFor<Account, AccountEvents>()({
  name: "account",
  initialState,
  handlers: {
    // @ts-expect-error a handler returns a state
    "account-opened": () => undefined,
    // @ts-expect-error the payload has no such member
    "money-deposited": (state, { payload }) => ({ ...state, balance: payload.sum }),
  },
});
projectorFor<Account, AccountEvents>()({
  name: "account",
  initialState,
  handlers: {
    // @ts-expect-error handlers are synchronous
    "account-opened": async (state) => state,
    "money-deposited": (state) => state,
  },
});
projectorFor<Account, AccountEvents>()({
  name: "account",
  // @ts-expect-error the initial state is a state
  initialState: () => ({ owner: "" }),
  handlers: { "account-opened": opened, "money-deposited": (state) => state },
});
projectorFor<Account, AccountEvents>()({
  name: "account",
  initialState,
  handlers: { "account-opened": opened, "money-deposited": (state) => state },
  metadata: {
    initial: () => ({ events: 0 }),
    // @ts-expect-error the metadata keeps its type
    update: () => ({ events: "many" }),
  },
});

// "ignore" needs no handler for every event, and accepts a source of more events.
const ignoring = projectorFor<Account, AccountEvents>()({
  name: "account",
  initialState,
  handlers: { "money-deposited": (state, { payload }) => ({ ...state, balance: state.balance + payload.amount }) },
  onUnhandledEvent: "ignore",
});
const more = store.stream<MoreEvents>({ category: "accounts", stream: "acc-1" });
expectTypeOf((await ignoring.project(more)).state).toEqualTypeOf<Account>();
await ignoring.project(stream);
// @ts-expect-error a source of other payloads
await ignoring.project(store.stream<{ "money-deposited": { amount: string } }>({ category: "a", stream: "b" }));
// @ts-expect-error a source whose events nobody knows
await ignoring.project(store.stream({ category: "accounts", stream: "acc-1" }));
projectorFor<Account, AccountEvents>()({
  name: "account",
  initialState,
  // @ts-expect-error there is no such event
  handlers: { "account-closed": (state: Account) => state },
  onUnhandledEvent: "ignore",
});

// Sources: fewer events fit, more do not unless they are ignored, and neither does another kind.
await accountProjector.project(store.stream<{ "money-deposited": { amount: number } }>({ category: "a", stream: "b" }));
await accountProjector.project(eventList<AccountEvents>([], stream.identifier));
// @ts-expect-error a source of more events
await accountProjector.project(more);
// @ts-expect-error a source whose events nobody knows
await accountProjector.project(store.stream({ category: "accounts", stream: "acc-1" }));
// @ts-expect-error a category is not a stream
await accountProjector.project(category);
// @ts-expect-error the log is not a stream
await accountProjector.project(store.log<AccountEvents>());

// Only a stream is folded in order of occurrence, from the start.
await accountProjector.project(stream, {
  order: "occurred",
  constraints: [occurredBefore(new Date()), positionAfter(3)],
});
// @ts-expect-error nothing is continued in order of occurrence
await accountProjector.project(stream, { order: "occurred", from: projection });
// @ts-expect-error there are no snapshots in order of occurrence
await accountProjector.project(stream, { order: "occurred", snapshots: { store: projectionStore } });
// @ts-expect-error no such order
await accountProjector.project(stream, { order: "observed" });
const condition = unchangedSince(projection);
expectTypeOf(condition).toEqualTypeOf<PositionIs | StreamIsEmpty>();

// Constraints belong to the kind of source.
await accountProjector.project(stream, { constraints: [observedBefore(new Date()), positionAfter(3)] });
const handlers = { "account-opened": opened, "money-deposited": (state: Account) => state };
const total = projectorFor<Account, AccountEvents>()({
  name: "total",
  source: "category",
  id: (state, source) => {
    expectTypeOf(source.kind).toEqualTypeOf<"category">();
    return `${source.category}-${state.owner}`;
  },
  initialState,
  handlers,
});
await total.project(category, { constraints: [observedBefore(new Date())] });
// @ts-expect-error a category is not folded in order of occurrence
await total.project(category, { order: "occurred" });
// @ts-expect-error positions belong to streams
await total.project(category, { constraints: [positionAfter(3)] });
// @ts-expect-error a stream is not a category
await total.project(stream);

// Over a category or the log there is an id or a key; a stream has no key.
// @ts-expect-error neither an id nor a key
projectorFor<Account, AccountEvents>()({ name: "total", source: "log", initialState, handlers });
const key = ({ stream }: StoredEvent<AccountEvents>): string => stream;
// @ts-expect-error an id and a key
projectorFor<Account, AccountEvents>()({ name: "total", source: "log", initialState, handlers, id: () => "", key });
projectorFor<Account, AccountEvents>()({
  name: "total",
  initialState,
  handlers,
  // @ts-expect-error a stream feeds one projection
  key,
});

// With a key one source feeds many.
const perOwner = projectorFor<Account, AccountEvents>()({
  name: "owner",
  source: "category",
  initialState,
  key: (event) => (event.name === "account-opened" ? event.payload.owner : undefined),
  handlers: {
    "account-opened": (state, { payload }) => ({ ...state, owner: payload.owner }),
    "money-deposited": (state, { payload }) => ({ ...state, balance: state.balance + payload.amount }),
  },
});
expectTypeOf(await perOwner.projectMany(category)).toEqualTypeOf<readonly Projection<Account, null>[]>();
// @ts-expect-error many projections have no one result
perOwner.project;
// @ts-expect-error one projection has no keys
total.projectMany;

// A key may give several; handlers are told which one it is, and only theirs are.
const perGuest = projectorFor<Account, AccountEvents>()({
  name: "guest",
  source: "log",
  initialState,
  handlers: {
    "account-opened": (state, { payload }, owner) => {
      expectTypeOf(owner).toEqualTypeOf<string>();
      return { ...state, owner: payload.owner };
    },
    "money-deposited": () => remove,
  },
  key: (event) => (event.name === "account-opened" ? [event.payload.owner, "all"] : "all"),
});
expectTypeOf(perGuest.keysOf).returns.toEqualTypeOf<readonly string[]>();
expectTypeOf(perGuest.applyMany([], { source: { kind: "log" }, projections: [] })).toEqualTypeOf<
  readonly Projection<Account, null>[]
>();
// @ts-expect-error a category is not the log
perGuest.applyMany([], { source: { kind: "category", category: "a" }, projections: [] });
// @ts-expect-error a projection of another state
perGuest.applyMany([], { source: { kind: "log" }, projections: [{ ...projection, state: { owner: 1 } }] });
projectorFor<Account, AccountEvents>()({
  name: "total",
  source: "log",
  initialState,
  // @ts-expect-error a key is a text
  key: () => 5,
  handlers,
});
projectorFor<Account, AccountEvents>()({
  name: "account",
  initialState,
  handlers: {
    // @ts-expect-error without a key handlers are told none
    "account-opened": (state: Account, _event: object, _key: string) => state,
    "money-deposited": (state) => state,
  },
});

// Any handler may remove its projection; only with merge may one be moved.
projectorFor<Account, AccountEvents>()({
  name: "account",
  initialState,
  handlers: { "account-opened": opened, "money-deposited": () => remove },
});
projectorFor<Account, AccountEvents>()({
  name: "guest",
  source: "category",
  initialState,
  key: (event) => event.stream,
  handlers: {
    "account-opened": (state, { payload }, key) => (key === payload.owner ? moveTo("all") : state),
    "money-deposited": (state) => state,
  },
  merge: (into, from) => {
    expectTypeOf(from).toEqualTypeOf<Account>();
    return { ...into, balance: into.balance + from.balance };
  },
  metadata: {
    initial: () => ({ events: 0 }),
    update: (metadata) => metadata,
    merge: (into, from) => ({ events: into.events + from.events }),
  },
});
projectorFor<Account, AccountEvents>()({
  name: "guest",
  source: "category",
  initialState,
  // @ts-expect-error without merge nothing is moved, so these handlers go with no key
  key: (event) => event.stream,
  handlers: {
    "account-opened": () => moveTo("all"),
    "money-deposited": (state) => state,
  },
});
projectorFor<Account, AccountEvents>()({
  name: "account",
  initialState,
  handlers: { "account-opened": opened, "money-deposited": (state: Account) => state },
  // @ts-expect-error a stream feeds one projection, which is not merged
  merge: (into) => into,
});

// Continuing: what was made, and what was stored where JSON gives it back.
const accounts = projectionStore.of(accountProjector);
const loaded = await accounts.load({ id: "acc-1" });
await accountProjector.project(stream, { from: loaded, snapshots: { store: projectionStore, every: 10 } });
await accountProjector.project(stream, { from: projection });
// @ts-expect-error another state
await accountProjector.project(stream, { from: { ...projection, state: { owner: 1 } } });

const dated = projectorFor<{ at: Date | null }, AccountEvents>()({
  name: "dated",
  initialState: () => ({ at: null }),
  handlers: { "account-opened": (_, event) => ({ at: event.occurredAt }), "money-deposited": (state) => state },
});
const storedDate = await projectionStore.of(dated).load({ id: "acc-1" });
expectTypeOf<NonNullable<typeof storedDate>["state"]["at"]>().toEqualTypeOf<string | null>();
// @ts-expect-error a stored date is a string, which the handlers do not expect
await dated.project(stream, { from: storedDate });
// @ts-expect-error a snapshot would hold a string instead of the date
await dated.project(stream, { snapshots: { store: projectionStore } });
// @ts-expect-error and so would an inline projection
inlineProjection({ projector: dated, store: projectionStore, category: "accounts" });

// What cannot be stored says why.
type Refused<TPath extends string> =
  RefusedState<`${TPath} does not come back from JSON as it was: store a date as text, and null instead of undefined`>;
expectTypeOf<WhereStorable<{ at: Date | null; balance: number }, null, "yes">>().toEqualTypeOf<Refused<"state.at">>();
expectTypeOf<WhereStorable<Account, { by: string | undefined }, "yes">>().toEqualTypeOf<Refused<"metadata.by">>();
expectTypeOf<WhereStorable<{ first: { at: Date } }, null, "yes">>().toEqualTypeOf<Refused<"state.first">>();
expectTypeOf<WhereStorable<Date, null, "yes">>().toEqualTypeOf<Refused<"state">>();
expectTypeOf<WhereStorable<Date[], null, "yes">>().toEqualTypeOf<Refused<"state">>();
expectTypeOf<WhereStorable<Account, { events: number } | null, "yes">>().toEqualTypeOf<"yes">();

// The store's paths and values are those of the state and metadata.
await accounts.search({
  filters: [filter("state.balance", "greater_than", 3), filter("metadata.events", "equal", 4)],
  sort: [sortBy("state.owner")],
});
await accounts.lookup({ filters: [filter("state.tags.0", "equal", "vip")] });
// @ts-expect-error no such member
await accounts.search({ filters: [filter("state.balence", "equal", 3)] });
// @ts-expect-error a balance is a number
await accounts.count({ filters: [filter("state.balance", "equal", "3")] });
// @ts-expect-error no such metadata
await accounts.search({ sort: [sortBy("metadata.missing")] });
const rich = filter("state.balance", "greater_than", 3);
const richest = { filters: [rich, filter("metadata.events", "equal", 4)], sort: [sortBy("state.balance", "desc")] };
await accounts.search(richest);
await projectionStore.search({ filters: [rich] }, { name: "account" });
const misspelt = filter("state.balence", "greater_than", 3);
// @ts-expect-error no such member
await accounts.search({ filters: [misspelt] });
for await (const { state } of accounts.all({ sort: [sortBy("state.balance")] }))
  expectTypeOf(state.balance).toEqualTypeOf<number>();
// @ts-expect-error no such field
accounts.all({ sort: [sortBy("state.missing")] });
await accounts.count({ sort: [sortBy("state.balance")], paging: keysetPage({ size: 1 }) });
// @ts-expect-error a projection of another state
await accounts.save(await dated.project(stream));
const found = await accounts.search();
expectTypeOf(found.items[0]?.state.tags).toEqualTypeOf<readonly string[] | undefined>();

// Inline projections name their category, unless they read the log.
inlineProjection({ projector: accountProjector, store: projectionStore, category: "accounts" });
inlineProjection({ projector: perOwner, store: projectionStore, category: "accounts" });
// @ts-expect-error which category?
inlineProjection({ projector: accountProjector, store: projectionStore });
