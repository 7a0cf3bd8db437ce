import { expectTypeOf } from "vitest";
import {
  type EventCategory,
  type EventStore,
  type EventStream,
  type LogPublishEntry,
  type NewEvent,
  positionIs,
  type StoredEvent,
  streamExists,
  taggedWith,
} from "../src/index.ts";

type AccountEvents = { "money-deposited": { amount: number }; "account-closed": { at: Date } };
interface OrderEvents {
  "order-placed": { total: number };
}

declare const store: EventStore;
declare const account: EventStream<AccountEvents>;
declare const accounts: EventCategory<AccountEvents>;
declare const order: EventStream<OrderEvents>;
declare const isUrgent: boolean;

const deposited = account.entry({ events: [{ name: "money-deposited", payload: { amount: 5 } }] });
const placed = order.entry({ events: [{ name: "order-placed", payload: { total: 5 } }], condition: positionIs(3) });

export function entriesAreCheckedAgainstTheTableOfTheirStream(): void {
  expectTypeOf(deposited).toEqualTypeOf<LogPublishEntry<AccountEvents>>();
  account.entry({ condition: streamExists() });
  // @ts-expect-error -- a name that is not in the table
  account.entry({ events: [{ name: "money-depositted", payload: { amount: 5 } }] });
  // @ts-expect-error -- the event of another table
  account.entry({ events: [{ name: "order-placed", payload: { total: 5 } }] });
  // @ts-expect-error -- a member of the wrong type
  account.entry({ events: [{ name: "money-deposited", payload: { amount: "5" } }] });
  // @ts-expect-error -- a member too many in the payload
  account.entry({ events: [{ name: "money-deposited", payload: { amount: 5, currency: "EUR" } }] });
  // @ts-expect-error -- a member too many beside the events
  account.entry({ events: [{ name: "money-deposited", payload: { amount: 5 } }], conditon: streamExists() });
  // @ts-expect-error -- what a publish fails on belongs to the publish
  account.entry({ events: [{ name: "money-deposited", payload: { amount: 5 } }], failIf: taggedWith("a") });
  // @ts-expect-error -- neither events nor a condition
  account.entry({});
}

export async function whatIsPublishedIsTypedPerEntry(): Promise<void> {
  const published = await store.publish([deposited, placed, { category: "c", stream: "s", condition: streamExists() }]);
  expectTypeOf(published[0]).toEqualTypeOf<readonly StoredEvent<AccountEvents>[]>();
  expectTypeOf(published[1]).toEqualTypeOf<readonly StoredEvent<OrderEvents>[]>();
  expectTypeOf(published.isRepeat).toEqualTypeOf<boolean>();
  const [closed] = await store.publish([
    account.entry({ events: [{ name: "account-closed", payload: { at: new Date() } }] }),
    ...(isUrgent ? [placed] : []),
  ]);
  if (closed[0]?.name === "account-closed") expectTypeOf(closed[0].payload.at).toEqualTypeOf<string>();

  const collected = [deposited, placed].filter(({ stream }) => stream !== "");
  const [first] = await store.publish(collected);
  expectTypeOf(first).toEqualTypeOf<readonly (StoredEvent<AccountEvents> | StoredEvent<OrderEvents>)[] | undefined>();
}

export async function aLiteralBesideThemWouldNotBeChecked(): Promise<void> {
  await store.publish([
    deposited,
    // @ts-expect-error -- the compiler does not know the events of this category
    { category: "orders", stream: "o-1", events: [{ name: "order-plaecd", payload: { total: 5 } }] },
  ]);
  await store.publish([
    // @ts-expect-error -- nor of this one: that the events fit another entry's table says nothing
    { category: "orders", stream: "o-1", events: [{ name: "money-deposited", payload: { amount: 5 } }] },
    deposited,
  ]);
  // What is published without a table says so.
  const [, anything] = await store.publish([
    deposited,
    store.stream({ category: "orders", stream: "o-1" }).entry({ events: [{ name: "order-plaecd", payload: 5 }] }),
  ]);
  expectTypeOf(anything).toEqualTypeOf<readonly StoredEvent[]>();
  // @ts-expect-error -- a member too many in a literal that only checks
  await store.publish([deposited, { category: "c", stream: "s", conditon: streamExists() }]);
}

export async function literalsAloneAreCheckedAsFarAsATableIsGiven(): Promise<void> {
  const untyped = await store.publish([
    { category: "orders", stream: "o-1", events: [{ name: "order-placed", payload: { total: 5 } }] },
    { category: "customers", stream: "c-1", events: [{ name: "order-noted", payload: { order: "o-1" } }] },
  ]);
  expectTypeOf(untyped[1]).toEqualTypeOf<readonly StoredEvent[] | undefined>();
  const typed = await store.publish<OrderEvents>([
    { category: "orders", stream: "o-1", events: [{ name: "order-placed", payload: { total: 5 } }] },
  ]);
  expectTypeOf(typed[0]).toEqualTypeOf<readonly StoredEvent<OrderEvents>[] | undefined>();
  await store.publish<OrderEvents>([
    // @ts-expect-error -- a member of the wrong type
    { category: "orders", stream: "o-1", events: [{ name: "order-placed", payload: { total: "5" } }] },
  ]);
  // @ts-expect-error -- a member too many beside the payload
  await store.publish([{ category: "c", stream: "s", events: [{ name: "n", payload: 5, occuredAt: new Date() }] }]);
  // @ts-expect-error -- a member too many beside the events
  await store.publish([{ category: "c", stream: "s", conditon: streamExists(), events: [{ name: "n", payload: 5 }] }]);
  await store.publish(
    isUrgent
      ? [{ category: "c", stream: "s", condition: streamExists() }]
      : [
          { category: "c", stream: "s", condition: streamExists() },
          { category: "c", stream: "t", condition: streamExists() },
        ],
  );
}

export async function entriesFitWhereTheirEventsDo<TEvents extends object>(
  stream: EventStream<TEvents>,
  events: readonly NewEvent<TEvents>[],
): Promise<readonly StoredEvent<TEvents>[]> {
  const anything: readonly LogPublishEntry[] = [deposited, placed];
  await store.publish(anything);
  await accounts.publish({ streams: [deposited] });
  // @ts-expect-error -- an entry of another category
  await accounts.publish({ streams: [placed] });
  // @ts-expect-error -- an entry of another table
  const wrong: LogPublishEntry<OrderEvents> = deposited;
  void wrong;
  // @ts-expect-error -- an entry is for `EventStore.publish`: it may have no events
  await account.publish(deposited);
  const [published] = await store.publish([stream.entry({ events })]);
  return published;
}
