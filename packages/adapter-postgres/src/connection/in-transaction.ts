import type { ClientBase } from "pg";

/** Runs work in a transaction that the given statement begins: committed when it fulfils, rolled back when it rejects. */
export async function inTransaction<T>(client: ClientBase, begin: string, work: () => Promise<T>): Promise<T> {
  await client.query(begin);
  try {
    const result = await work();
    await client.query("commit");
    return result;
  } catch (error) {
    await client.query("rollback").catch(() => {}); // a lost connection rolls back by itself.
    throw error;
  }
}
