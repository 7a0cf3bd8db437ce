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
import { EventStore } from "@eventfold/store";
import { benchDatabase } from "../bench-server.ts";
import { benchFile } from "../raw/sqlite-database.ts";
import { freshStream, sampleEvents } from "../sample-events.ts";

/** What has transactions that the others can share. */
type SharedEvents = MemoryEventStorageAdapter | SqliteEventStorageAdapter | PostgresEventStorageAdapter;

/** Events, the state of their processing and projections, in one database. */
export interface ProcessedDatabase {
  readonly store: EventStore;
  readonly events: SharedEvents;
  readonly storage: ProcessingStorageAdapter;
  readonly projectionStore: ProjectionStore;
  dispose(): Promise<void>;
}

/** Opens a new, empty database. */
export type OpenProcessed = () => Promise<ProcessedDatabase>;

const openMemory: OpenProcessed = async () => {
  const events = await MemoryEventStorageAdapter.open();
  return database(events, {
    storage: await MemoryProcessingStorageAdapter.open({ shareWith: events }),
    projections: await MemoryProjectionStorageAdapter.open({ shareWith: events }),
  });
};

const openSqlite: OpenProcessed = async () => {
  const file = benchFile();
  const events = await SqliteEventStorageAdapter.open({ filename: file.filename });
  return database(
    events,
    {
      storage: await SqliteProcessingStorageAdapter.open({ shareWith: events }),
      projections: await SqliteProjectionStorageAdapter.open({ shareWith: events }),
    },
    () => file.dispose(),
  );
};

/** On PostgreSQL, as durable as it is by default. */
export const openProcessedPostgres: OpenProcessed = async () => {
  const events = await PostgresEventStorageAdapter.open({ connectionString: await benchDatabase() });
  return database(events, {
    storage: await PostgresProcessingStorageAdapter.open({ shareWith: events }),
    projections: await PostgresProjectionStorageAdapter.open({ shareWith: events }),
  });
};

/** The databases that events are processed on, by name. */
export const PROCESSED_DATABASES: readonly { readonly name: string; readonly open: OpenProcessed }[] = [
  { name: "memory", open: openMemory },
  { name: "SQLite", open: openSqlite },
  { name: "PostgreSQL", open: openProcessedPostgres },
];

/** What shares the database of the events. */
interface Shared {
  readonly storage: ProcessingStorageAdapter;
  readonly projections: ProjectionStorageAdapter;
}

function database(
  events: SharedEvents,
  { storage, projections }: Shared,
  remove: () => void = () => {},
): ProcessedDatabase {
  return {
    store: new EventStore({ adapter: events }),
    events,
    storage,
    projectionStore: new ProjectionStore({ adapter: projections }),
    async dispose() {
      await projections.close();
      await storage.close();
      await events.close();
      remove();
    },
  };
}

const PER_STREAM = 1_000;

/** Stores events of the category `orders`, a thousand to a stream, so that partitions have about as many each. */
export async function fillStreams(store: EventStore, count: number): Promise<void> {
  for (let stored = 0; stored < count; stored += PER_STREAM) {
    await store.stream({ category: "orders", stream: freshStream() }).publish({ events: sampleEvents(PER_STREAM) });
  }
}
