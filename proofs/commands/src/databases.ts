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
import type { ProcessingStorageAdapter } from "@eventfold/processing";
import { type ProjectionStorageAdapter, ProjectionStore } from "@eventfold/projections";
import { type EventStorageAdapter, EventStore } from "@eventfold/store";
import { startPostgres } from "@eventfold/testing/postgres";

/** Events, projections and processing in one new database. */
export interface OpenedDatabase extends AsyncDisposable {
  readonly events: EventStorageAdapter;
  readonly store: EventStore;
  readonly projectionStore: ProjectionStore;
  readonly processing: ProcessingStorageAdapter;
}

/** Every adapter, by its name. */
export const DATABASES: readonly { readonly name: string; readonly open: () => Promise<OpenedDatabase> }[] = [
  {
    name: "memory",
    async open() {
      const events = await MemoryEventStorageAdapter.open();
      const shared = { shareWith: events };
      return opened({
        events,
        projections: await MemoryProjectionStorageAdapter.open(shared),
        processing: await MemoryProcessingStorageAdapter.open(shared),
      });
    },
  },
  {
    name: "SQLite",
    async open() {
      const events = await SqliteEventStorageAdapter.open({ filename: ":memory:" });
      const shared = { shareWith: events };
      return opened({
        events,
        projections: await SqliteProjectionStorageAdapter.open(shared),
        processing: await SqliteProcessingStorageAdapter.open(shared),
      });
    },
  },
  {
    name: "PostgreSQL",
    async open() {
      const server = await startPostgres();
      const events = await PostgresEventStorageAdapter.open({ connectionString: server.connectionString });
      const shared = { shareWith: events };
      return opened({
        events,
        projections: await PostgresProjectionStorageAdapter.open(shared),
        processing: await PostgresProcessingStorageAdapter.open(shared),
        stop: () => server.stop(),
      });
    },
  },
];

interface OpenedAdapters {
  readonly events: EventStorageAdapter;
  readonly projections: ProjectionStorageAdapter;
  readonly processing: ProcessingStorageAdapter;
  readonly stop?: () => Promise<void>;
}

function opened({ events, projections, processing, stop }: OpenedAdapters): OpenedDatabase {
  return {
    events,
    store: new EventStore({ adapter: events }),
    projectionStore: new ProjectionStore({ adapter: projections }),
    processing,
    async [Symbol.asyncDispose]() {
      await processing.close();
      await projections.close();
      await events.close();
      await stop?.();
    },
  };
}
