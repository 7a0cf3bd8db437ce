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
import type { HotelStorage } from "../src/hotel.ts";

export interface OpenedStorage extends HotelStorage, AsyncDisposable {}

async function openMemory(): Promise<OpenedStorage> {
  const events = await MemoryEventStorageAdapter.open();
  return opened({
    events,
    projections: await MemoryProjectionStorageAdapter.open({ shareWith: events }),
    processing: await MemoryProcessingStorageAdapter.open({ shareWith: events }),
  });
}

async function openSqlite(): Promise<OpenedStorage> {
  const events = await SqliteEventStorageAdapter.open({ filename: ":memory:" });
  return opened({
    events,
    projections: await SqliteProjectionStorageAdapter.open({ shareWith: events }),
    processing: await SqliteProcessingStorageAdapter.open({ shareWith: events }),
  });
}

async function openPostgres(): Promise<OpenedStorage> {
  const server = await startPostgres();
  const events = await PostgresEventStorageAdapter.open({ connectionString: await server.createDatabase() });
  const adapters = {
    events,
    projections: await PostgresProjectionStorageAdapter.open({ shareWith: events }),
    processing: await PostgresProcessingStorageAdapter.open({ shareWith: events }),
  };
  return opened(adapters, () => server.stop());
}

function opened(adapters: HotelStorage, stop = async () => {}): OpenedStorage {
  return {
    ...adapters,
    async [Symbol.asyncDispose]() {
      await adapters.processing.close();
      await adapters.projections.close();
      await adapters.events.close();
      await stop();
    },
  };
}

export const DATABASES = [
  ["memory", openMemory],
  ["SQLite", openSqlite],
  ["PostgreSQL", openPostgres],
] as const;
