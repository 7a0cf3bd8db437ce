import { Sharing } from "@eventfold/store/adapter";
import type { CheckedOptions } from "../checked-options.ts";
import type { LogNames } from "../naming/log-names.ts";
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

/** An adapter that shares the database, and has connections of its own beside it. */
export interface Sharer {
  /** Wakes its listeners, so that they find it closed. */
  announce(): void;
  /** Ends its connections. It may be called more than once. */
  end(): Promise<void>;
}

/** What event adapters share with the other adapters. */
export const sharing = new Sharing<PostgresDatabase>("PostgresEventStorageAdapter");
