import type { Client } from "./client.ts";
import { StatementCache } from "./statement-cache.ts";
import { storageErrorOf } from "./storage-error.ts";
import { type Patience, untilNotBusy } from "./until-not-busy.ts";

/** Waits for the write lock of the database and begins a transaction with it. */
export function begin(client: Client, patience: Patience): Promise<void> {
  const statement = StatementCache.of(client).prepared("BEGIN IMMEDIATE");
  return untilNotBusy(() => void statement.run(), patience);
}

/** Commits the open transaction: what it wrote is durable when this returns. */
export function commit(client: Client): void {
  endWith(client, "COMMIT");
}

/** Rolls the open transaction back. Does nothing when SQLite has done so by itself, as it does on a full disk. */
export function rollback(client: Client): void {
  if (client.inTransaction) endWith(client, "ROLLBACK");
}

/** Begins, works, commits; rolls back when the work throws. The work is synchronous. */
export async function inWriteTransaction<T>(client: Client, patience: Patience, work: () => T): Promise<T> {
  await begin(client, patience);
  try {
    const result = work();
    commit(client);
    return result;
  } catch (error) {
    rollback(client);
    throw storageErrorOf(error);
  }
}

/**
 * The driver refuses to end a transaction while somebody iterates over one of its statements, though SQLite itself allows
 * it. A forgotten iterator in a transaction's callback must not keep the write lock for ever.
 */
function endWith(client: Client, sql: "COMMIT" | "ROLLBACK"): void {
  client.unsafeMode(true);
  try {
    StatementCache.of(client).prepared(sql).run();
  } finally {
    client.unsafeMode(false);
  }
}
