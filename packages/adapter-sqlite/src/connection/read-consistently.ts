import type { Client } from "./client.ts";
import { StatementCache } from "./statement-cache.ts";

/** Reads by several statements, which see one state of the file. The work is synchronous. */
export function readConsistently<T>(client: Client, reading: () => T): T {
  if (client.inTransaction) return reading();
  const statements = StatementCache.of(client);
  statements.prepared("BEGIN").run();
  try {
    return reading();
  } finally {
    statements.prepared("COMMIT").run();
  }
}
