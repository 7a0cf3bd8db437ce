import type { EventStore, EventStream, SourceConstraint, StoredEvent } from "@eventfold/store";
import { expectTypeOf } from "vitest";
import { defineDecider, eventTable, type ProcessManager, processCommand, processManager } from "../src/index.ts";

type ShopEvents = {
  "order-placed": { sku: string; amount: number };
  "stock-reserved": { order: string };
  "payment-declined": { order: string };
};
type StockEvents = { reserved: { order: string } };

declare const store: EventStore;
declare const shelf: EventStream<StockEvents>;
const stock = defineDecider({
  name: "stock",
  events: eventTable<StockEvents>(),
  initialState: () => 0,
  evolve: { reserved: (n) => n + 1 },
  decide: { reserve: ({ order }: { order: string }) => ({ name: "reserved", payload: { order } }) },
});
const reserve = (order: string) =>
  processCommand({ decider: stock, target: shelf, command: { type: "reserve", order } });

// Events come from the source, the state from initialState.
const fulfilment = processManager({
  name: "fulfilment",
  source: store.log<ShopEvents>(),
  processTag: (event) => {
    expectTypeOf(event).toEqualTypeOf<StoredEvent<ShopEvents>>();
    return event.tags.find((tag) => tag.startsWith("order:"));
  },
  initialState: () => ({ amount: 0 }),
  evolve: { "order-placed": (_, { payload }) => ({ amount: payload.amount }) },
  on: {
    "order-placed": ({ payload, stream }, state) => {
      expectTypeOf(payload.sku).toEqualTypeOf<string>();
      expectTypeOf(state).toEqualTypeOf<{ amount: number }>();
      return reserve(stream);
    },
    "payment-declined": ({ payload }, { amount }) => (amount > 0 ? [reserve(payload.order)] : []),
  },
});
expectTypeOf(fulfilment).toEqualTypeOf<ProcessManager<ShopEvents>>();
expectTypeOf(fulfilment.constraints).toEqualTypeOf<readonly SourceConstraint<keyof ShopEvents>[]>();

// Without a memory it is given no state.
processManager({
  name: "reminders",
  source: store.category<ShopEvents>("shop"),
  on: { "order-placed": ({ stream }) => reserve(stream) },
});

const source = store.log<ShopEvents>();
const on = { "order-placed": ({ stream }: StoredEvent) => reserve(stream) };
const processTag = () => "order:1";
const initialState = () => ({ amount: 0 });

// @ts-expect-error an event that the source does not have
processManager({ name: "p", source, on: { "order-shipped": () => [] } });
// @ts-expect-error a function that returns no command
processManager({ name: "p", source, on: { "order-placed": () => "reserve" } });
// @ts-expect-error a function that returns nothing
processManager({ name: "p", source, on: { "order-placed": () => {} } });
// @ts-expect-error a function that is asynchronous
processManager({ name: "p", source, on: { "order-placed": async () => [] } });
// @ts-expect-error a state that is not remembered
processManager({ name: "p", source, on, initialState });
// @ts-expect-error a state without a tag by which the process is found
processManager({ name: "p", source, on, initialState, evolve: {} });
const remembering = { name: "p", source, on, processTag, initialState };
// @ts-expect-error a handler that returns another state
processManager({ ...remembering, evolve: { "order-placed": () => ({ amount: "1" }) } });
// @ts-expect-error a handler of an event that the source does not have
processManager({ ...remembering, evolve: { "order-shipped": () => ({ amount: 1 }) } });

// @ts-expect-error a command that the decider does not know
processCommand({ decider: stock, target: shelf, command: { type: "release", order: "1" } });
// @ts-expect-error a command with other members
processCommand({ decider: stock, target: shelf, command: { type: "reserve", orders: "1" } });
const shop = store.category<ShopEvents>("shop").stream("1");
// @ts-expect-error a stream of other events
processCommand({ decider: stock, target: shop, command: { type: "reserve", order: "1" } });
