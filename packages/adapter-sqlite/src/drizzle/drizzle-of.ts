import { type BetterSQLite3Database, drizzle } from "drizzle-orm/better-sqlite3";
import type { SqliteTransaction } from "../sqlite-transaction.ts";

/**
 * A drizzle handle for a transaction: what is done through it is part of the transaction. Do not begin or end one with
 * it.
 *
 * @example
 * ```ts
 * await adapter.transaction(async (tx) => {
 *   await store.within(tx).stream({ category: "users", stream: "user-1" }).publish({ events });
 *   drizzleOf(tx).insert(outbox).values({ text: "welcome" }).run();
 * });
 * ```
 */
export function drizzleOf(transaction: Pick<SqliteTransaction, "client">): BetterSQLite3Database {
  return drizzle({ client: transaction.client });
}
