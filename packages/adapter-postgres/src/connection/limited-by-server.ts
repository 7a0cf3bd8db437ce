import type { ClientBase } from "pg";
import { inTransaction } from "./in-transaction.ts";

/**
 * Runs work that only reads, in a transaction of its own whose statements the server cancels when they take longer. The server ends
 * the transaction too when nothing more is heard of it for as long. It costs two round trips.
 */
export function limitedByServer<T>(client: ClientBase, timeoutMs: number, work: () => Promise<T>): Promise<T> {
  const begin = `begin read only; set local statement_timeout = ${timeoutMs}; set local idle_in_transaction_session_timeout = ${timeoutMs}`;
  return inTransaction(client, begin, work);
}
