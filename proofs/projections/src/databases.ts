import { MemoryEventStorageAdapter, MemoryProjectionStorageAdapter } from "@eventfold/adapter-memory";
import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { PostgresProjectionStorageAdapter } from "@eventfold/adapter-postgres/projections";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteProjectionStorageAdapter } from "@eventfold/adapter-sqlite/projections";
import type { ProjectionStorageAdapter } from "@eventfold/projections";
import type { EventStorageAdapter } from "@eventfold/store";
import { startPostgres } from "@eventfold/testing/postgres";

/** Events and projections in one new database. */
export interface OpenedDatabase {
  readonly events: EventStorageAdapter;
  readonly projections: ProjectionStorageAdapter;
  /** Ends what was started for it. */
  readonly stop: () => Promise<void>;
}

/** Every adapter, by its name. */
export const DATABASES: readonly { readonly name: string; readonly open: () => Promise<OpenedDatabase> }[] = [
  {
    name: "memory",
    async open() {
      const events = await MemoryEventStorageAdapter.open();
      return { events, projections: await MemoryProjectionStorageAdapter.open({ shareWith: events }), stop };
    },
  },
  {
    name: "SQLite",
    async open() {
      const events = await SqliteEventStorageAdapter.open({ filename: ":memory:" });
      return { events, projections: await SqliteProjectionStorageAdapter.open({ shareWith: events }), stop };
    },
  },
  {
    name: "PostgreSQL",
    async open() {
      const server = await startPostgres();
      const { connectionString } = server;
      const events = await PostgresEventStorageAdapter.open({ connectionString });
      const projections = await PostgresProjectionStorageAdapter.open({ shareWith: events });
      return { events, projections, stop: () => server.stop() };
    },
  },
];

const stop = async (): Promise<void> => {};
