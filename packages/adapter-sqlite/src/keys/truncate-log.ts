import type { Client } from "../connection/client.ts";

/**
 * Moves the write-ahead log into the database and empties it, if nobody else reads or writes at this moment: it still holds what was
 * deleted. Otherwise a later checkpoint does.
 */
export function truncateLog(client: Client): void {
  if (client.inTransaction || !client.open) return;
  try {
    client.pragma("wal_checkpoint(TRUNCATE)");
  } catch {
    // Others hold the file, and what was committed stays committed.
  }
}
