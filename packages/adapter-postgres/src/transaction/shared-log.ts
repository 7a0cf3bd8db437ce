import type { Connections } from "../connection/connections.ts";
import type { LogNames } from "../naming/log-names.ts";
import type { Settings } from "../settings.ts";
import type { PostgresTransaction } from "./postgres-transaction.ts";
import type { Transactions } from "./transactions.ts";

/** What an event adapter lets the others of this package share. */
export interface SharedLog {
  readonly names: LogNames;
  readonly settings: Settings;
  readonly connections: Connections;
  readonly transactions: Transactions<PostgresTransaction>;
}

const SHARED = new WeakMap<object, SharedLog>();

/** Lets others find what an adapter shares. */
export function share(adapter: object, log: SharedLog): void {
  SHARED.set(adapter, log);
}

/** What an adapter shares; `undefined` when it is none of this package. */
export function sharedLogOf(adapter: object): SharedLog | undefined {
  return SHARED.get(adapter);
}
