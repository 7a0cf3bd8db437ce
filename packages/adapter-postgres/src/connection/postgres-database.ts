import { Sharing } from "@eventfold/store/adapter";
import { type CheckedOptions, checkMigrations } from "../checked-options.ts";
import type { LogNames } from "../naming/log-names.ts";
import type { PostgresEventStorageOptions } from "../open-options.ts";
import type { Transactions } from "../transaction/transactions.ts";
import type { Connections } from "./connections.ts";

/** What an event adapter shares with the other adapters of this package. */
export interface PostgresDatabase {
  readonly names: LogNames;
  readonly settings: CheckedOptions;
  readonly connections: Connections;
  readonly transactions: Transactions;
  /** Adapters that share it and have something that ends with it. */
  readonly sharers: Set<Sharer>;
}

/** An adapter that shares the database, and has connections of its own in addition. */
export interface Sharer {
  /** Wakes its listeners, so that they find it closed. */
  announce(): void;
  /** Ends its connections. It may be called more than once. */
  end(): Promise<void>;
}

/** What event adapters share with the other adapters. */
export const sharing = new Sharing<PostgresDatabase>("PostgresEventStorageAdapter");

/** How to open an adapter that shares the database of an event adapter. */
export interface SharingOptions extends Pick<PostgresEventStorageOptions, "connectionString" | "pool" | "migrations"> {
  readonly shareWith: object;
}

/**
 * The database that another adapter is to share.
 *
 * @throws `TypeError` when `shareWith` is not a PostgreSQL event adapter, or other options make no sense together with it.
 * @throws `AdapterClosedError` (`ADAPTER_CLOSED`) when that adapter is closed.
 */
export function sharedDatabase({ shareWith, ...options }: SharingOptions): PostgresDatabase {
  const database = sharing.sharedBy(shareWith);
  if (options.connectionString !== undefined || options.pool !== undefined) {
    throw new TypeError("With shareWith, the event adapter's connections are used.");
  }
  checkMigrations(options);
  database.connections.life.throwIfEnded();
  return database;
}
