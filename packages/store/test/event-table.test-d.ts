import { expectTypeOf } from "vitest";
import {
  type EventQuery,
  type EventSource,
  type EventStore,
  type EventStream,
  type EventTranslation,
  eventsMatch,
  type JsonValue,
  nameIn,
  newEvent,
  positionAfter,
  printStoredEvent,
  type StoredEvent,
  taggedWith,
} from "../src/index.ts";

type AccountEvents = {
  "account-opened": { owner: string; on: Date };
  "money-deposited": { amount: number; note?: string | undefined };
  "account-closed": null;
};

interface Address {
  readonly street: string;
}
interface InterfaceEvents {
  "moved-in": Address;
}

declare const store: EventStore;
declare const stream: EventStream<AccountEvents>;
declare const definitions: EventTranslation<AccountEvents>;

export async function readsNarrowOnTheName(): Promise<void> {
  for await (const event of stream.scan()) {
    expectTypeOf(event.name).toEqualTypeOf<"account-opened" | "money-deposited" | "account-closed">();
    switch (event.name) {
      case "account-opened":
        expectTypeOf(event.payload).toEqualTypeOf<{ readonly owner: string; readonly on: string }>();
        break;
      case "money-deposited":
        expectTypeOf(event.payload).toEqualTypeOf<{ readonly amount: number; readonly note?: string }>();
        break;
      case "account-closed":
        expectTypeOf(event.payload).toEqualTypeOf<null>();
    }
  }
  const latest = await stream.latest();
  expectTypeOf(latest).toEqualTypeOf<StoredEvent<AccountEvents> | undefined>();
  for await (const event of store.category<AccountEvents>("accounts").stream("acc-1")) {
    if (event.name === "money-deposited") expectTypeOf(event.payload.amount).toEqualTypeOf<number>();
  }
  for await (const event of store.log<AccountEvents>().follow({ after: 3 })) {
    expectTypeOf(event.sequenceNumber).toEqualTypeOf<number>();
  }
  const untyped = await store.stream({ category: "accounts", stream: "acc-1" }).read();
  expectTypeOf(untyped).toEqualTypeOf<StoredEvent[]>();
  expectTypeOf(untyped[0]?.payload).toEqualTypeOf<JsonValue | undefined>();
}

export async function publishesAreChecked(): Promise<void> {
  const published = await stream.publish({
    events: [
      { name: "account-opened", payload: { owner: "Ada", on: new Date() } },
      { name: "money-deposited", payload: { amount: 5 }, metadata: { by: "Ada" }, occurredAt: new Date() },
      { name: "account-closed", payload: null },
    ],
  });
  expectTypeOf(published.isRepeat).toEqualTypeOf<boolean>();
  expectTypeOf(published).toExtend<readonly StoredEvent<AccountEvents>[]>();

  // @ts-expect-error -- a name that is not in the table
  await stream.publish({ events: [{ name: "money-depositted", payload: { amount: 5 } }] });
  // @ts-expect-error -- the payload of another event
  await stream.publish({ events: [{ name: "money-deposited", payload: { owner: "Ada" } }] });
  // @ts-expect-error -- a member of the wrong type
  await stream.publish({ events: [{ name: "money-deposited", payload: { amount: "5" } }] });
  // @ts-expect-error -- a member too many in the payload
  await stream.publish({ events: [{ name: "money-deposited", payload: { amount: 5, currency: "EUR" } }] });
  // @ts-expect-error -- a member of another event's payload
  await stream.publish({ events: [{ name: "money-deposited", payload: { amount: 5, owner: "Ada" } }] });
  // @ts-expect-error -- a member too many beside the payload
  await stream.publish({ events: [{ name: "money-deposited", payload: { amount: 5 }, occuredAt: new Date() }] });
  // @ts-expect-error -- no payload
  await stream.publish({ events: [{ name: "money-deposited" }] });
  // @ts-expect-error -- a time that is not a Date
  await stream.publish({ events: [{ name: "account-closed", payload: null, occurredAt: "2026-01-01" }] });
  // @ts-expect-error -- the first argument is a request, not a list
  await stream.publish([{ name: "account-closed", payload: null }]);

  await store.category<AccountEvents>("accounts").publish({
    streams: [
      { stream: "acc-1", events: [{ name: "money-deposited", payload: { amount: 5 } }] },
      // @ts-expect-error -- the payload of another event, in a publish to several streams
      { stream: "acc-2", events: [{ name: "money-deposited", payload: { owner: "Ada" } }] },
    ],
  });
  await store.publish<AccountEvents>([
    { category: "accounts", stream: "acc-1", events: [{ name: "account-closed", payload: null }] },
    // @ts-expect-error -- an entry of the log names its category
    { stream: "acc-2", events: [{ name: "account-closed", payload: null }] },
  ]);
}

export async function payloadsMayBeInterfaces(): Promise<void> {
  const address: Address = { street: "Main Street" };
  await store
    .stream<InterfaceEvents>({ category: "people", stream: "p-1" })
    .publish({ events: [{ name: "moved-in", payload: address }] });
}

export async function eventsMadeBeforehandFit(): Promise<void> {
  const event = newEvent<AccountEvents>({ name: "money-deposited", payload: { amount: 5 } });
  expectTypeOf(event.id).toEqualTypeOf<string>();
  await stream.publish({ events: [event] });
  // @ts-expect-error -- checked as a literal is
  newEvent<AccountEvents>({ name: "money-deposited", payload: { amount: 5, currency: "EUR" } });
}

export async function constraintsAreChecked(): Promise<void> {
  await stream.read({ constraints: [nameIn("money-deposited"), positionAfter(3)] });
  // @ts-expect-error -- a name that is not in the table
  await stream.read({ constraints: [nameIn("money-depositted")] });
  // @ts-expect-error -- positions belong to streams
  await store.log().read({ constraints: [positionAfter(3)] });
  // @ts-expect-error -- positions belong to streams
  await store.category("accounts").read({ constraints: [positionAfter(3)] });
  // @ts-expect-error -- no such direction
  await stream.read({ direction: "sideways" });
}

export async function queriesAreChecked(): Promise<void> {
  const query = eventsMatch({ names: ["money-deposited"], tags: ["course:c1"] }, taggedWith("student:s9"));
  expectTypeOf(query).toEqualTypeOf<EventQuery<"money-deposited">>();
  expectTypeOf(taggedWith("a")).toEqualTypeOf<EventQuery<never>>();
  await stream.read({ constraints: [query, taggedWith("a"), eventsMatch({ tags: ["b"] }), positionAfter(3)] });
  await store
    .log<AccountEvents>()
    .read({ constraints: [eventsMatch({ names: ["account-closed", "account-opened"] })] });
  for await (const _ of store.category<AccountEvents>("accounts").follow({ constraints: [query] }));
  // @ts-expect-error -- a name that is not in the table
  await stream.read({ constraints: [eventsMatch({ names: ["money-depositted"] })] });
  // @ts-expect-error -- one of the names is not in the table
  await stream.read({ constraints: [eventsMatch(query, { names: ["account-opened", "opened"] })] });
  // @ts-expect-error -- an item has names, not a name
  eventsMatch({ name: "account-opened" });
  // @ts-expect-error -- an item is an object
  eventsMatch("account-opened");
  // @ts-expect-error -- tags are strings
  taggedWith(7);
}

export async function boundariesAreTyped(): Promise<void> {
  const query = eventsMatch({ names: ["money-deposited"] }, taggedWith("a"));
  const boundary = await store.boundary<AccountEvents>(query);
  expectTypeOf(boundary.events).toEqualTypeOf<readonly StoredEvent<AccountEvents>[]>();
  const { events: untyped } = await store.boundary(query);
  expectTypeOf(untyped).toEqualTypeOf<readonly StoredEvent[]>();
  const { events: defined } = await store.boundary(query, { events: definitions });
  expectTypeOf(defined).toEqualTypeOf<readonly StoredEvent<AccountEvents>[]>();
  // @ts-expect-error -- a name that is not in the table
  await store.boundary<AccountEvents>(eventsMatch({ names: ["opened"] }));
  // @ts-expect-error -- a name that is not defined
  await store.boundary(eventsMatch({ names: ["opened"] }), { events: definitions });
  // @ts-expect-error -- a boundary is read by a query
  await store.boundary({ tags: ["a"] });
  const events = [{ name: "account-closed", payload: null, tags: ["a"] }] as const;
  await stream.publish({ events, failIf: boundary.changed });
  await store.category<AccountEvents>("accounts").publish({ streams: [{ stream: "s", events }], failIf: query });
  await store.publish([{ category: "accounts", stream: "s", events }], { failIf: boundary.changed });
  // @ts-expect-error -- the events of a boundary are not what it has changed by
  await store.publish([{ category: "accounts", stream: "s", events }], { failIf: boundary });
  // @ts-expect-error -- tags are a list
  await stream.publish({ events: [{ name: "account-closed", payload: null, tags: "a" }] });
}

export async function whatIsTypedFitsWhereAnythingDoes(): Promise<void> {
  const anything: StoredEvent[] = await stream.read();
  const sources: readonly EventSource[] = [
    stream,
    store.category<AccountEvents>("accounts"),
    store.log<AccountEvents>(),
  ];
  for (const event of anything) printStoredEvent(event);
  for (const source of sources) expectTypeOf(await source.latest()).toEqualTypeOf<StoredEvent | undefined>();
}
