import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { PostgresProcessingStorageAdapter } from "@eventfold/adapter-postgres/processing";
import { PostgresProjectionStorageAdapter } from "@eventfold/adapter-postgres/projections";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteProcessingStorageAdapter } from "@eventfold/adapter-sqlite/processing";
import { SqliteProjectionStorageAdapter } from "@eventfold/adapter-sqlite/projections";
import type { ProcessingStorageAdapter } from "@eventfold/processing";
import { type ProjectionStorageAdapter, ProjectionStore } from "@eventfold/projections";
import { type EventCategory, type EventStorageAdapter, EventStore } from "@eventfold/store";
import type { SaleEvents } from "./sales.ts";

/** Where several processes find the same database. */
export interface DatabasePlace {
  readonly kind: "sqlite" | "postgres";
  /** A file, or a connection string. */
  readonly place: string;
}

/** Events, projections and processing in one database, as one process sees it. */
export interface SharedDatabase {
  readonly adapter: EventStorageAdapter & Required<Pick<EventStorageAdapter, "transaction">>;
  readonly sales: EventCategory<SaleEvents>;
  readonly projectionStore: ProjectionStore;
  readonly storage: ProcessingStorageAdapter;
  close(): Promise<void>;
}

/** Opens a database, and creates what is not there yet. */
export async function openShared({ kind, place }: DatabasePlace): Promise<SharedDatabase> {
  if (kind === "sqlite") {
    // a process that is frozen in a write holds the file until it goes on
    const adapter = await SqliteEventStorageAdapter.open({ filename: place, writeTimeoutMs: 60_000 });
    const projections = await SqliteProjectionStorageAdapter.open({ shareWith: adapter });
    return opened(adapter, projections, await SqliteProcessingStorageAdapter.open({ shareWith: adapter }));
  }
  const adapter = await PostgresEventStorageAdapter.open({ connectionString: place, maxConnections: 5 });
  const projections = await PostgresProjectionStorageAdapter.open({ shareWith: adapter });
  return opened(adapter, projections, await PostgresProcessingStorageAdapter.open({ shareWith: adapter }));
}

function opened(
  adapter: SharedDatabase["adapter"],
  projections: ProjectionStorageAdapter,
  storage: ProcessingStorageAdapter,
): SharedDatabase {
  return {
    adapter,
    sales: new EventStore({ adapter }).category<SaleEvents>("sales"),
    projectionStore: new ProjectionStore({ adapter: projections }),
    storage,
    async close() {
      await storage.close();
      await projections.close();
      await adapter.close();
    },
  };
}
