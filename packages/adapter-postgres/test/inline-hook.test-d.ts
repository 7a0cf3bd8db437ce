import { EventStore, inlineHook } from "@eventfold/store";
import type { ClientBase } from "pg";
import { expectTypeOf } from "vitest";
import type { PostgresEventStorageAdapter } from "../src/index.ts";

declare const adapter: PostgresEventStorageAdapter;

const outbox = inlineHook(adapter, {
  needsOrder: "stream",
  run: async ({ events, transaction }) => {
    expectTypeOf(transaction.client).toEqualTypeOf<ClientBase>();
    for (const { id } of events) await transaction.client.query("insert into outbox (id) values ($1)", [id]);
  },
});

new EventStore({ adapter, inline: [outbox] });
