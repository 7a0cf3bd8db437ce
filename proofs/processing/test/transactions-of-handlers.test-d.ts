import type { MemoryEventStorageAdapter } from "@eventfold/adapter-memory";
import type { PostgresEventStorageAdapter, PostgresTransaction } from "@eventfold/adapter-postgres";
import type { SqliteEventStorageAdapter, SqliteTransaction } from "@eventfold/adapter-sqlite";
import { subscription, subscriptionGroup } from "@eventfold/processing";
import type { EventStore, Transaction } from "@eventfold/store";
import { expectTypeOf } from "vitest";

declare const store: EventStore;
declare const memory: MemoryEventStorageAdapter;
declare const sqlite: SqliteEventStorageAdapter;
declare const postgres: PostgresEventStorageAdapter;

type Orders = { placed: { sku: string } };
type Stock = { reserved: { count: number } };

const source = store.category<Orders>("orders");
const stock = store.stream<Stock>({ category: "stock", stream: "s" });

subscription({
  name: "orders",
  source,
  transactions: postgres,
  handleEvent: async (event, { transaction, publish }) => {
    expectTypeOf(event.payload.sku).toEqualTypeOf<string>();
    const opened = await transaction();
    expectTypeOf(opened).toEqualTypeOf<PostgresTransaction>();
    await store.within(opened).stream<Stock>({ category: "stock", stream: "s" }).latest();
    publish<Stock>(store, [
      { category: "stock", stream: "s", events: [{ name: "reserved", payload: { count: 1 } }] },
      // @ts-expect-error no such event
      { category: "stock", stream: "s", events: [{ name: "released", payload: { count: 1 } }] },
    ]);
  },
});

subscription({
  name: "orders",
  source,
  transactions: sqlite,
  handleBatch: async (events, { transaction, publish }) => {
    expectTypeOf(await transaction()).toEqualTypeOf<SqliteTransaction>();
    const reserved = stock.entry({ events: [{ name: "reserved", payload: { count: 1 } }] });
    for (const event of events) {
      publish(event, store, [reserved]);
      publish(event, store, [
        reserved,
        // @ts-expect-error the compiler does not know the events of this category
        { category: "orders", stream: "o", events: [{ name: "plaecd", payload: { sku: "s" } }] },
      ]);
    }
  },
});

subscriptionGroup({
  name: "orders",
  sources: [source],
  transactions: memory,
  handleEvent: async (_, { transaction }) => {
    expectTypeOf(await transaction()).toEqualTypeOf<Transaction>();
  },
});

subscription({
  name: "orders",
  source,
  handleEvent: async (_, context) => {
    expectTypeOf(context.transaction.refusedBecause).toEqualTypeOf<"the subscription has no `transactions`">();
    // @ts-expect-error there is none
    await context.transaction();
  },
});
