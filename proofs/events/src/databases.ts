import { MemoryEventStorageAdapter } from "@eventfold/adapter-memory";
import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import type { EventStorageAdapter } from "@eventfold/store";
import { startPostgres } from "@eventfold/testing/postgres";

/** A new database. */
export interface OpenedDatabase {
  readonly adapter: EventStorageAdapter;
  /** Ends what was started for it. */
  readonly stop: () => Promise<void>;
}

/** Every adapter, by its name. */
export const DATABASES: readonly { readonly name: string; readonly open: () => Promise<OpenedDatabase> }[] = [
  {
    name: "memory",
    open: async () => ({ adapter: await MemoryEventStorageAdapter.open(), stop: async () => {} }),
  },
  {
    name: "SQLite",
    open: async () => ({
      adapter: await SqliteEventStorageAdapter.open({ filename: ":memory:" }),
      stop: async () => {},
    }),
  },
  {
    name: "PostgreSQL",
    async open() {
      const server = await startPostgres();
      const { connectionString } = server;
      return { adapter: await PostgresEventStorageAdapter.open({ connectionString }), stop: () => server.stop() };
    },
  },
];
