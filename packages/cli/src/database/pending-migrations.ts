import { resolve } from "node:path";
import { parseDatabaseAddress } from "./database-address.ts";

/** A migration that a database lacks, and the SQL that applies and records it. */
export interface PendingMigration {
  readonly component: string;
  readonly version: number;
  readonly name: string;
  /** Whether older releases may go on with the schema that it makes. */
  readonly compatible: boolean;
  readonly sql: string;
}

/**
 * Which migrations a database lacks, by its address. It only reads.
 *
 * @throws `Failure` for what is not an address; what the adapter throws.
 */
export async function pendingMigrationsAt(text: string, directory: string): Promise<readonly PendingMigration[]> {
  const address = parseDatabaseAddress(text);
  if (address.kind === "sqlite") {
    const { readPendingMigrations } = await import("@eventfold/adapter-sqlite");
    return readPendingMigrations({ filename: resolve(directory, address.filename) });
  }
  const { readPendingMigrations } = await import("@eventfold/adapter-postgres");
  return readPendingMigrations({ connectionString: address.connectionString });
}
