import {
  MemoryEventStorageAdapter,
  MemoryProcessingStorageAdapter,
  MemoryProjectionStorageAdapter,
} from "@eventfold/adapter-memory";
import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { PostgresProcessingStorageAdapter } from "@eventfold/adapter-postgres/processing";
import { PostgresProjectionStorageAdapter } from "@eventfold/adapter-postgres/projections";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteProcessingStorageAdapter } from "@eventfold/adapter-sqlite/processing";
import { SqliteProjectionStorageAdapter } from "@eventfold/adapter-sqlite/projections";
import { startPostgres } from "@eventfold/testing/postgres";
import type { OpenAdapters } from "./sample.ts";

/** Every database, by name. */
export const DATABASES = [
  { database: "memory", open: openMemory },
  { database: "SQLite", open: openSqlite },
  {
    database: "PostgreSQL",
    async open() {
      const server = await startPostgres();
      const adapters = await openPostgres(await server.createDatabase());
      return { ...adapters, close: () => server.stop() };
    },
  },
] as const;

export async function openMemory(): Promise<OpenAdapters> {
  return {
    events: await MemoryEventStorageAdapter.open(),
    projections: await MemoryProjectionStorageAdapter.open(),
    processing: await MemoryProcessingStorageAdapter.open(),
  };
}

async function openSqlite(): Promise<OpenAdapters> {
  const events = await SqliteEventStorageAdapter.open({ filename: ":memory:" });
  return {
    events,
    projections: await SqliteProjectionStorageAdapter.open({ shareWith: events }),
    processing: await SqliteProcessingStorageAdapter.open({ shareWith: events }),
  };
}

export async function openPostgres(connectionString: string): Promise<OpenAdapters> {
  const events = await PostgresEventStorageAdapter.open({ connectionString });
  return {
    events,
    projections: await PostgresProjectionStorageAdapter.open({ shareWith: events }),
    processing: await PostgresProcessingStorageAdapter.open({ shareWith: events }),
  };
}
