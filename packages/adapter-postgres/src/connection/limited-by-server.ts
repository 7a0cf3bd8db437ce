import type { ClientBase } from "pg";

/**
 * Runs work that only reads, in a transaction of its own whose statements the server cancels when they take longer. The server ends
 * the transaction too when nothing more is heard of it for as long. It costs two round trips.
 */
export async function limitedByServer<T>(client: ClientBase, timeoutMs: number, work: () => Promise<T>): Promise<T> {
  await client.query(
    `begin read only; set local statement_timeout = ${timeoutMs}; set local idle_in_transaction_session_timeout = ${timeoutMs}`,
  );
  try {
    const result = await work();
    await client.query("commit");
    return result;
  } catch (error) {
    await client.query("rollback").catch(() => {}); // a lost connection rolls back by itself.
    throw error;
  }
}
