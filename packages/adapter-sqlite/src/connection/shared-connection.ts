import type { SettledOptions } from "../sqlite-event-storage-options.ts";
import type { Client } from "./client.ts";
import type { DatabaseFile } from "./database-file.ts";

/** A connection that events and projections are kept on together, and the turns of writing on it. */
export interface SharedConnection {
  readonly client: Client;
  readonly file: DatabaseFile;
  /** How the connection was opened. */
  readonly options: Pick<SettledOptions, "filename" | "migrations" | "writeTimeoutMs">;
  /** The number of the transaction that is open on the connection; `undefined` while none is. */
  covering(): number | undefined;
  /** Why every call fails, once the connection is closed. */
  closedBy(): Error | undefined;
  /** Why a call may not wait for its turn to write. */
  refusal(): Error | undefined;
  /** Runs work in a transaction of its own, when its turn comes. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  /** Whether a transaction has ended; `undefined` for one that was not handed out here. */
  hasEnded(transaction: object): boolean | undefined;
}

const shared = new WeakMap<object, SharedConnection>();

/** Lets projections find the connection of an adapter. */
export function shareConnection(adapter: object, connection: SharedConnection): void {
  shared.set(adapter, connection);
}

/** The connection of an adapter; `undefined` when it is none of this package. */
export function sharedConnectionOf(adapter: object): SharedConnection | undefined {
  return shared.get(adapter);
}
