import type { Client } from "./client.ts";
import { StatementCache } from "./statement-cache.ts";

/**
 * Writes into the open transaction of a connection, all or nothing: the caller may catch a failure and commit the rest, but never
 * half of a write. The work is synchronous.
 */
export function behindSavepoint<T>(client: Client, write: () => T): T {
  const statements = StatementCache.of(client);
  statements.prepared("SAVEPOINT eventfold_write").run();
  try {
    return write();
  } catch (error) {
    // On a full disk SQLite has rolled back the whole transaction, and the savepoint with it.
    if (client.inTransaction) statements.prepared("ROLLBACK TO eventfold_write").run();
    throw error;
  } finally {
    if (client.inTransaction) statements.prepared("RELEASE eventfold_write").run();
  }
}
