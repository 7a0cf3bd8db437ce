import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import type { Client } from "pg";
import type { PostgresTransaction } from "../transaction/postgres-transaction.ts";

/**
 * A drizzle handle for a transaction: what is done through it is part of the transaction. Do not begin or end one with
 * it.
 *
 * @example
 * ```ts
 * await adapter.transaction(async (tx) => {
 *   await drizzleOf(tx).execute("insert into outbox (text) values ('welcome')");
 *   await store.within(tx).stream({ category: "users", stream: "user-1" }).publish({ events });
 * });
 * ```
 */
export function drizzleOf(transaction: Pick<PostgresTransaction, "client">): NodePgDatabase {
  return drizzle({ client: transaction.client as Client });
}
