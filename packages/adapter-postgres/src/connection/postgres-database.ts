import { Sharing } from "@eventfold/store/adapter";
import type { CheckedOptions } from "../checked-options.ts";
import type { LogNames } from "../naming/log-names.ts";
import type { Transactions } from "../transaction/transactions.ts";
import type { Connections } from "./connections.ts";

/** What an event adapter lets the others of this package share. */
export interface PostgresDatabase {
  readonly names: LogNames;
  readonly settings: CheckedOptions;
  readonly connections: Connections;
  readonly transactions: Transactions;
}

/** What event adapters share with projections. */
export const sharing = new Sharing<PostgresDatabase>("PostgresEventStorageAdapter");
