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
import type { ProcessingStorageAdapter, Transactional } from "@eventfold/processing";
import type { ProjectionStorageAdapter } from "@eventfold/projections";
import type { EventStorageAdapter, Transaction } from "@eventfold/store";
import { startPostgres } from "@eventfold/testing/postgres";

/** Events, projections and processing in one new database. */
export interface OpenedDatabase {
  readonly adapter: EventStorageAdapter & Transactional<Transaction>;
  readonly projections: ProjectionStorageAdapter;
  readonly processing: ProcessingStorageAdapter;
  /** Closes all of it. */
  close(): Promise<void>;
}

/** Every adapter, by its name. */
export const DATABASES: readonly { readonly name: string; readonly open: () => Promise<OpenedDatabase> }[] = [
  {
    name: "memory",
    async open() {
      const adapter = await MemoryEventStorageAdapter.open();
      return opened({
        adapter,
        projections: await MemoryProjectionStorageAdapter.open({ shareWith: adapter }),
        processing: await MemoryProcessingStorageAdapter.open({ shareWith: adapter }),
      });
    },
  },
  {
    name: "SQLite",
    async open() {
      const adapter = await SqliteEventStorageAdapter.open({ filename: ":memory:" });
      return opened({
        adapter,
        projections: await SqliteProjectionStorageAdapter.open({ shareWith: adapter }),
        processing: await SqliteProcessingStorageAdapter.open({ shareWith: adapter }),
      });
    },
  },
  {
    name: "PostgreSQL",
    async open() {
      const server = await startPostgres();
      const { connectionString } = server;
      const adapter = await PostgresEventStorageAdapter.open({ connectionString });
      const database = opened({
        adapter,
        projections: await PostgresProjectionStorageAdapter.open({ shareWith: adapter }),
        processing: await PostgresProcessingStorageAdapter.open({ shareWith: adapter }),
      });
      return {
        ...database,
        async close() {
          await database.close();
          await server.stop();
        },
      };
    },
  },
];

function opened(adapters: Omit<OpenedDatabase, "close">): OpenedDatabase {
  return {
    ...adapters,
    async close() {
      await adapters.processing.close();
      await adapters.projections.close();
      await adapters.adapter.close();
    },
  };
}
