import { resolve } from "node:path";
import type { PendingMigration } from "@eventfold/store/adapter";
import { parseDatabaseAddress } from "./database-address.ts";

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
