import type { Deadline } from "@eventfold/store/adapter";
import { StorageFailedError } from "@eventfold/types";
import { translateErrorOn } from "../schema/missing-tables.ts";
import type { Client } from "./client.ts";
import { StatementCache } from "./statement-cache.ts";
import { isBusy, sqliteCodeOf } from "./translate-error.ts";
import { untilNotBusy } from "./until-not-busy.ts";

/** Waits for the write lock of the database and begins a transaction with it. */
export function begin(client: Client, deadline: Deadline): Promise<void> {
  const statement = StatementCache.of(client).prepared("BEGIN IMMEDIATE");
  return untilNotBusy(() => void statement.run(), deadline);
}

/**
 * Commits the open transaction: what it wrote is durable when this returns.
 *
 * @throws `StorageFailedError` when a statement of the connection is still being iterated over.
 */
export function commit(client: Client): void {
  try {
    StatementCache.of(client).prepared("COMMIT").run();
  } catch (error) {
    if (sqliteCodeOf(error) !== undefined) throw error;
    throw new StorageFailedError(
      "A statement of the transaction's connection is still being iterated over, so nothing can be published. End every iterator inside the callback first.",
      { cause: error },
    );
  }
}

/**
 * Rolls the open transaction back. Does nothing when SQLite has done so by itself, as it does on a full disk. SQLite
 * can do so under an iterator, and the driver can be told to allow it: the write lock must be released.
 */
export function rollback(client: Client): void {
  if (!client.inTransaction) return;
  client.unsafeMode(true);
  try {
    StatementCache.of(client).prepared("ROLLBACK").run();
  } finally {
    client.unsafeMode(false);
  }
}

/** Whether another connection holds the write lock of the database. */
export function isHeldByAnother(client: Client): boolean {
  if (client.inTransaction) return false;
  try {
    StatementCache.of(client).prepared("BEGIN IMMEDIATE").run();
  } catch (error) {
    return isBusy(error);
  }
  rollback(client);
  return false;
}

/** Begins, works, commits; rolls back when the work throws. The work is synchronous. */
export async function inWriteTransaction<T>(client: Client, deadline: Deadline, work: () => T): Promise<T> {
  await begin(client, deadline);
  try {
    const result = work();
    commit(client);
    return result;
  } catch (error) {
    rollback(client);
    throw translateErrorOn(client, error);
  }
}
