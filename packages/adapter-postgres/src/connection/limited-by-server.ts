import type { ClientBase } from "pg";
import { inTransaction } from "./in-transaction.ts";

/**
 * Runs work that only reads in its own transaction, in which the server cancels statements that take longer than the
 * limit. It also ends the transaction when it is idle for that long. It costs two round trips.
 */
export function limitedByServer<T>(client: ClientBase, timeoutMs: number, work: () => Promise<T>): Promise<T> {
  const begin = `begin read only; set local statement_timeout = ${timeoutMs}; set local idle_in_transaction_session_timeout = ${timeoutMs}`;
  return inTransaction(client, begin, work);
}
