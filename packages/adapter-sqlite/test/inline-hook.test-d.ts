import { EventStore, inlineHook } from "@eventfold/store";
import type BetterSqlite3 from "better-sqlite3";
import { expectTypeOf } from "vitest";
import type { SqliteEventStorageAdapter } from "../src/index.ts";

declare const adapter: SqliteEventStorageAdapter;

const outbox = inlineHook(adapter, {
  needsOrder: "stream",
  run: async ({ events, transaction, store }) => {
    expectTypeOf(transaction.client).toEqualTypeOf<BetterSqlite3.Database>();
    for (const { id } of events) transaction.client.prepare("insert into outbox (id) values (?)").run(id);
    await store.log().latest();
    // @ts-expect-error it is bound to a transaction, which cannot be bound to another one.
    store.within(transaction);
  },
});

new EventStore({ adapter, inline: [outbox] });
