import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import Database from "better-sqlite3";

/** A file for one candidate, in a folder that goes with it. */
export interface BenchFile {
  readonly filename: string;
  dispose(): void;
}

/** A new file name in a folder of its own. */
export function benchFile(): BenchFile {
  const folder = mkdtempSync(join(tmpdir(), "eventfold-bench-"));
  return { filename: join(folder, "bench.db"), dispose: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A raw connection to a database with the adapter's own tables and indexes, as durable as the adapter's. */
export async function rawDatabase(filename: string): Promise<Database.Database> {
  const adapter = await SqliteEventStorageAdapter.open({ filename });
  await adapter.close();
  const database = new Database(filename);
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = FULL");
  return database;
}
