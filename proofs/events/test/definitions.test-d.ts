import {
  bigintCodec,
  bytesCodec,
  combineEvents,
  dateCodec,
  defineEvents,
  type EventsOf,
  each,
  event,
  type Money,
  mapCodec,
  moneyCodec,
  setCodec,
} from "@eventfold/events";
import { subscription } from "@eventfold/processing";
import { defineProjector, inlineProjection, type ProjectionStore, projectorFor } from "@eventfold/projections";
import {
  type EventStore,
  eventsMatch,
  type JsonValue,
  type NewEvent,
  nameIn,
  type StoredEvent,
  streamExists,
} from "@eventfold/store";
import { type } from "arktype";
import * as v from "valibot";
import { expectTypeOf } from "vitest";
import { z } from "zod";

declare const store: EventStore;
declare const projectionStore: ProjectionStore;

const accountEvents = defineEvents({
  "account-opened": event({
    schema: z.object({ owner: z.string(), openedAt: z.date() }),
    codecs: { openedAt: dateCodec },
  }),
  "money-deposited": event({
    schema: z.object({ amount: z.number().int().positive(), currency: z.string().default("EUR") }),
  })
    .from<{ cents: number }>()
    .upcastTo((v1) => ({ amount: v1.cents / 100 }))
    .upcast((v2) => ({ ...v2, currency: "EUR" })),
  noted: event({ schema: z.object({ at: z.date(), text: z.string().transform(Number) }) }),
}).reading<{ deposited: { euros: number; at: Date }; "opened-with": { owner: string } }>({
  deposited: ({ name, payload }) => {
    expectTypeOf(name).toEqualTypeOf<"deposited">();
    expectTypeOf(payload).toEqualTypeOf<{ readonly euros: number; readonly at: string }>();
    return [{ name: "money-deposited", payload: { amount: payload.euros, currency: "EUR" } }];
  },
  "opened-with": ({ payload, occurredAt }) => [
    { name: "account-opened", payload: { owner: payload.owner, openedAt: occurredAt } },
    { name: "money-deposited", payload: { amount: 0, currency: "EUR" } },
  ],
});

type Opened = { readonly owner: string; readonly openedAt: Date };
type Deposited = { readonly amount: number; readonly currency: string };

const accounts = store.category("accounts", { events: accountEvents });
const stream = accounts.stream("acc-1");

// What is published is the input of the schema; what comes back is what is read
const published = await stream.publish({
  events: [
    { name: "money-deposited", payload: { amount: 5 }, metadata: { by: "card" }, tags: ["account:1"] },
    { name: "account-opened", payload: { owner: "Ada", openedAt: new Date() } },
    { name: "noted", payload: { at: new Date(), text: "5" } },
    accountEvents.create("money-deposited", { amount: 5, currency: "USD" }),
  ],
});
for (const each of published) if (each.name === "account-opened") expectTypeOf(each.payload).toEqualTypeOf<Opened>();

// Without a codec a date is read as its text; a transformed value as what it was transformed to
for await (const each of stream) {
  if (each.name === "money-deposited") expectTypeOf(each.payload).toEqualTypeOf<Deposited>();
  if (each.name === "account-opened") expectTypeOf(each.payload).toEqualTypeOf<Opened>();
  if (each.name === "noted") {
    expectTypeOf(each.payload).toEqualTypeOf<{ readonly at: string; readonly text: number }>();
  }
}
for await (const page of accounts.pages()) expectTypeOf(page[0]).toEqualTypeOf<AccountEvent | undefined>();
expectTypeOf(await accounts.latest()).toEqualTypeOf<AccountEvent | undefined>();
for await (const each of accounts.follow()) expectTypeOf(each).toEqualTypeOf<AccountEvent>();
for await (const each of store.log({ events: accountEvents })) expectTypeOf(each).toEqualTypeOf<AccountEvent>();

// For annotations
type AccountEvent = StoredEvent<EventsOf<typeof accountEvents>>;
type NewAccountEvent = NewEvent<EventsOf<typeof accountEvents>>;
const deposit: NewAccountEvent = { name: "money-deposited", payload: { amount: 5 } };
await stream.publish({ events: [deposit] });

// A source without definitions is as it was
for await (const each of accounts.raw()) expectTypeOf(each).toEqualTypeOf<StoredEvent>();
for await (const each of stream.raw()) expectTypeOf(each.payload).toEqualTypeOf<JsonValue>();

// Constraints and boundaries
await accounts.read({ constraints: [nameIn("money-deposited"), eventsMatch({ names: ["noted"], tags: ["x"] })] });
const boundary = await store.boundary(eventsMatch({ names: ["money-deposited"], tags: ["account:1"] }), {
  events: accountEvents,
});
expectTypeOf(boundary.events).toEqualTypeOf<readonly AccountEvent[]>();

// Several streams
const [entries] = await store.publish([
  stream.entry({ events: [{ name: "money-deposited", payload: { amount: 5 } }] }),
  accounts.stream("acc-2").entry({ condition: streamExists() }),
]);
expectTypeOf(entries[0]).toEqualTypeOf<AccountEvent | undefined>();

// Projectors
const account = defineProjector({
  name: "account",
  events: accountEvents,
  initialState: () => ({ owner: "", balance: 0, since: null as Date | null }),
  handlers: {
    "account-opened": (state, { payload }) => ({ ...state, owner: payload.owner, since: payload.openedAt }),
    "money-deposited": (state, { payload }) => ({ ...state, balance: state.balance + payload.amount }),
    noted: (state) => state,
  },
});
const { state } = await account.project(stream);
expectTypeOf(state).toEqualTypeOf<{ owner: string; balance: number; since: Date | null }>();

const perCurrency = defineProjector({
  name: "per-currency",
  events: accountEvents,
  source: "category",
  key: (each) => (each.name === "money-deposited" ? each.payload.currency : undefined),
  onUnhandledEvent: "ignore",
  initialState: () => ({ sum: 0 }),
  handlers: {
    "money-deposited": (state, { payload }, key) => {
      expectTypeOf(key).toEqualTypeOf<string>();
      return { sum: state.sum + payload.amount };
    },
  },
});
expectTypeOf((await perCurrency.projectMany(accounts))[0]?.state.sum).toEqualTypeOf<number | undefined>();
inlineProjection({ projector: perCurrency, store: projectionStore, category: "accounts" });

// Subscriptions
subscription({
  name: "deposits",
  source: accounts,
  constraints: [nameIn("money-deposited")],
  handleEvent: (each) => {
    expectTypeOf(each).toEqualTypeOf<AccountEvent>();
    if (each.name === "account-opened") expectTypeOf(each.payload.openedAt).toEqualTypeOf<Date>();
  },
});

// Events that are not defined, where they are passed
const passing = store.category("accounts", { events: accountEvents, unknownEvents: "pass" });
for await (const each of passing) {
  if (!accountEvents.isDefined(each)) expectTypeOf(each.payload).toEqualTypeOf<JsonValue>();
  else if (each.name === "account-opened") expectTypeOf(each.payload).toEqualTypeOf<Opened>();
}

// valibot and arktype, whose schemas are functions
const withValibot = defineEvents({
  a: event({ schema: v.object({ n: v.pipe(v.string(), v.transform(Number)) }) }),
  b: event({ schema: v.object({ s: v.optional(v.string(), "x") }) }),
});
const ofValibot = store.category("v", { events: withValibot });
await ofValibot.stream("s").publish({
  events: [
    { name: "a", payload: { n: "1" } },
    { name: "b", payload: {} },
  ],
});
for await (const each of ofValibot) {
  if (each.name === "a") expectTypeOf(each.payload).toEqualTypeOf<{ readonly n: number }>();
  else expectTypeOf(each.payload).toEqualTypeOf<{ readonly s: string }>();
}
const withArktype = defineEvents({
  a: event({ schema: type({ n: "number > 0", "s?": "string" }) }),
  d: event({ schema: type({ at: "Date" }) }),
});
for await (const each of store.category("k", { events: withArktype })) {
  if (each.name === "a") expectTypeOf(each.payload).toEqualTypeOf<{ readonly n: number; readonly s?: string }>();
  else expectTypeOf(each.payload).toEqualTypeOf<{ readonly at: string }>();
}

// Codecs, at any depth; what is null or absent stays so
const withCodecs = defineEvents({
  everything: event({
    schema: z.object({
      at: z.date(),
      maybeAt: z.date().optional(),
      nullableAt: z.date().nullable(),
      plainAt: z.date(),
      n: z.bigint(),
      bytes: z.instanceof(Uint8Array),
      tags: z.set(z.string()),
      prices: z.map(z.string(), z.object({ amount: z.string(), currency: z.enum(["EUR", "JPY"]) })),
      period: z.object({ from: z.date(), label: z.string() }),
      lines: z.array(
        z.object({ id: z.number(), price: z.object({ amount: z.string(), currency: z.enum(["EUR", "JPY"]) }) }),
      ),
      visits: z.array(z.date()),
    }),
    codecs: {
      at: dateCodec,
      maybeAt: dateCodec,
      nullableAt: dateCodec,
      n: bigintCodec,
      bytes: bytesCodec,
      tags: setCodec<string>(),
      prices: mapCodec({ values: moneyCodec({ EUR: 2, JPY: 0 }) }),
      period: { from: dateCodec },
      lines: each({ price: moneyCodec({ EUR: 2, JPY: 0 }) }),
      visits: each(dateCodec),
    },
  }),
});
for await (const { payload } of store.category("c", { events: withCodecs })) {
  expectTypeOf(payload.at).toEqualTypeOf<Date>();
  expectTypeOf(payload.maybeAt).toEqualTypeOf<Date | undefined>();
  expectTypeOf(payload.nullableAt).toEqualTypeOf<Date | null>();
  expectTypeOf(payload.plainAt).toEqualTypeOf<string>();
  expectTypeOf(payload.n).toEqualTypeOf<bigint>();
  expectTypeOf(payload.tags).toEqualTypeOf<Set<string>>();
  expectTypeOf(payload.prices).toEqualTypeOf<Map<string, Money<"EUR" | "JPY">>>();
  expectTypeOf(payload.period).toEqualTypeOf<{ readonly from: Date; readonly label: string }>();
  expectTypeOf(payload.lines).toEqualTypeOf<readonly { readonly id: number; readonly price: Money<"EUR" | "JPY"> }[]>();
  expectTypeOf(payload.visits).toEqualTypeOf<readonly Date[]>();
}

// Definitions of several categories
const customerEvents = defineEvents({ "customer-registered": event({ schema: z.object({ name: z.string() }) }) });
const all = combineEvents(accountEvents, customerEvents);
for await (const each of store.log({ events: all, unknownEvents: "skip" })) {
  if (each.name === "customer-registered") expectTypeOf(each.payload).toEqualTypeOf<{ readonly name: string }>();
  if (each.name === "account-opened") expectTypeOf(each.payload).toEqualTypeOf<Opened>();
}

// What does not compile
const schema = z.object({ amount: z.number(), currency: z.string() });
const openedAt = new Date();

// @ts-expect-error a misspelt name
await stream.publish({ events: [{ name: "money-deposted", payload: { amount: 1 } }] });
// @ts-expect-error a wrong payload
await stream.publish({ events: [{ name: "money-deposited", payload: { amount: "1" } }] });
// @ts-expect-error a member that the payload does not have
await stream.publish({ events: [{ name: "account-opened", payload: { owner: "Ada", openedAt, isVip: true } }] });
// @ts-expect-error what is stored is not what is published
await stream.publish({ events: [{ name: "account-opened", payload: { owner: "Ada", openedAt: "2026-01-01" } }] });
// @ts-expect-error an old name is no longer written
await stream.publish({ events: [{ name: "deposited", payload: { euros: 1 } }] });
// @ts-expect-error nor made
accountEvents.create("deposited", { euros: 1 });
// @ts-expect-error nor asked for
await accounts.read({ constraints: [nameIn("deposited")] });
// @ts-expect-error nor asked for by a query
await accounts.read({ constraints: [eventsMatch({ names: ["deposited"] })] });
// @ts-expect-error an event that is not defined cannot be published, even where it is passed
await passing.stream("x").publish({ events: [{ name: "unheard-of", payload: {} }] });
for await (const each of passing) {
  // @ts-expect-error what is not defined may have any payload and this name
  if (each.name === "money-deposited") each.payload.amount.toFixed();
}

const from1 = event({ schema }).from<{ amount: number }>();
// @ts-expect-error an upcaster that does not give today's shape
from1.upcast((old) => ({ amount: old.amount }));
const from2 = event({ schema }).from<{ cents: number }>();
// @ts-expect-error a link that does not fit the one before
from2.upcastTo((v1) => ({ euros: v1.cents / 100 })).upcast((v2) => ({ amount: v2.amount, currency: "EUR" }));
// @ts-expect-error what a link in between gives was stored as JSON: no Date
from2.upcastTo((v1) => ({ amount: v1.cents / 100, at: openedAt }));
// @ts-expect-error .from() without .upcast()
defineEvents({ m: from1 });
// @ts-expect-error a schema where a definition should be
defineEvents({ m: schema });
const dated = event({ schema: z.object({ at: z.date() }), codecs: { at: dateCodec } }).from<object>();
// @ts-expect-error an upcaster gives what is read, not what is stored
dated.upcast(() => ({ at: "2026-01-01" }));
// @ts-expect-error JSON does not hold a bigint
event({ schema: z.object({ n: z.bigint() }) });
// @ts-expect-error nor a Set
event({ schema: z.object({ tags: z.set(z.string()) }) });
// @ts-expect-error a codec of another type
event({ schema: z.object({ at: z.date() }), codecs: { at: bigintCodec } });
// @ts-expect-error a codec of a member that there is not
event({ schema: z.object({ at: z.date() }), codecs: { on: dateCodec } });
// @ts-expect-error what an old event is read as must be defined
accountEvents.reading<{ old: object }>({ old: () => [{ name: "unheard-of", payload: {} }] });
// @ts-expect-error with a payload as it is read
accountEvents.reading<{ old: object }>({ old: () => [{ name: "money-deposited", payload: { amount: 1 } }] });
// @ts-expect-error a name that is defined is not old
accountEvents.reading<{ noted: object }>({ noted: () => [] });
// @ts-expect-error the old names are given with what reads them
accountEvents.reading<{ old: object }>({});
const otherNotes = defineEvents({ noted: event({ schema }) });
// @ts-expect-error two definitions of one name
combineEvents(accountEvents, otherNotes);

const projector = { name: "p", events: accountEvents, initialState: () => 0 };
defineProjector({
  ...projector,
  // @ts-expect-error a handler is missing
  handlers: { "money-deposited": (n, { payload }) => n + payload.amount, noted: (n) => n },
});
defineProjector({
  ...projector,
  onUnhandledEvent: "ignore",
  // @ts-expect-error a handler of an event that is not defined
  handlers: { "money-deposted": (n: number) => n },
});
// @ts-expect-error a projector does not read a source of other events
await account.project(store.category("k", { events: withArktype }).stream("s"));
// @ts-expect-error nor one without definitions
await account.project(stream.raw());
const shaped = projectorFor<{ n: number }, EventsOf<typeof customerEvents>>()({
  name: "x",
  initialState: () => ({ n: 0 }),
  handlers: { "customer-registered": (s) => s },
});
// @ts-expect-error a publish hands on what is stored: an inline projector brings its definitions along
inlineProjection({ projector: shaped, store: projectionStore, category: "accounts" });
const bare = { a: event({ schema }) };
// @ts-expect-error definitions are made by defineEvents
store.category("accounts", { events: bare });

// The table of definitions without them would let events be published as they are: not validated, not encoded, in clear.
type Table = EventsOf<typeof accountEvents>;
// @ts-expect-error
store.category<Table>("accounts");
// @ts-expect-error
store.stream<Table>({ category: "accounts", stream: "acc-1" });
// @ts-expect-error
store.log<Table>();
// @ts-expect-error
await store.boundary<Table>(eventsMatch({ names: ["noted"] }));
// @ts-expect-error
await store.publish<Table>([]);
// @ts-expect-error
store.category<Table>("accounts", { events: undefined });
// @ts-expect-error: the definitions may be missing
store.category("accounts", { events: Math.random() < 0.5 ? accountEvents : undefined });
expectTypeOf(store.category<Table>("accounts", { events: accountEvents })).toEqualTypeOf(
  store.category("accounts", { events: accountEvents }),
);
await store.publish<{ noted: { text: string } }>([
  { category: "notes", stream: "n-1", events: [{ name: "noted", payload: { text: "plain tables are as they were" } }] },
]);
