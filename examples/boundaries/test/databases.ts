import { MemoryEventStorageAdapter } from "@eventfold/adapter-memory";
import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import type { EventStorageAdapter } from "@eventfold/store";
import { startPostgres } from "@eventfold/testing/postgres";

/** A new database of events. */
export interface OpenedDatabase {
  readonly adapter: EventStorageAdapter;
  close(): Promise<void>;
}

/** Every adapter, by its name; PostgreSQL with the narrowest order too, where writers run in parallel. */
export const DATABASES: readonly { readonly name: string; readonly open: () => Promise<OpenedDatabase> }[] = [
  { name: "memory", open: async () => opened(await MemoryEventStorageAdapter.open()) },
  { name: "SQLite", open: async () => opened(await SqliteEventStorageAdapter.open({ filename: ":memory:" })) },
  { name: "PostgreSQL", open: () => openPostgres("log") },
  { name: 'PostgreSQL, ordered by "stream"', open: () => openPostgres("stream") },
];

async function openPostgres(orderingGuarantee: "log" | "stream"): Promise<OpenedDatabase> {
  const { connectionString, stop } = await startPostgres();
  return opened(await PostgresEventStorageAdapter.open({ connectionString, orderingGuarantee }), stop);
}

function opened(adapter: EventStorageAdapter, stop = async () => {}): OpenedDatabase {
  return {
    adapter,
    async close() {
      await adapter.close();
      await stop();
    },
  };
}
