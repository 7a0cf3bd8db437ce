import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { PostgresKeyStorageAdapter } from "@eventfold/adapter-postgres/keys";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteKeyStorageAdapter } from "@eventfold/adapter-sqlite/keys";
import type { KeyStorageAdapter } from "@eventfold/events";
import type { EventStorageAdapter } from "@eventfold/store";

/** Where several processes find the same databases: events and keys apart. */
export interface DatabasePlace {
  readonly kind: "sqlite" | "postgres";
  /** A folder, or a connection string. */
  readonly place: string;
}

/** Opens the events of a place, and creates what is not there yet. */
export function openEvents({ kind, place }: DatabasePlace): Promise<EventStorageAdapter> {
  return kind === "sqlite"
    ? SqliteEventStorageAdapter.open({ filename: `${place}/events.db` })
    : PostgresEventStorageAdapter.open({ connectionString: place, maxConnections: 4 });
}

/** Opens the keys of a place, and creates what is not there yet. */
export function openKeys({ kind, place }: DatabasePlace): Promise<KeyStorageAdapter> {
  return kind === "sqlite"
    ? SqliteKeyStorageAdapter.open({ filename: `${place}/keys.db` })
    : PostgresKeyStorageAdapter.open({ connectionString: place, schema: "vault", maxConnections: 4 });
}
