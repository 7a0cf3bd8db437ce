import type { SqliteProjectionQueryOptions } from "@eventfold/adapter-sqlite/projections";
import type { ProjectionStore } from "@eventfold/projections";
import type { EventStorageAdapter, InlineHook } from "@eventfold/store";
import { checkedTimeoutMs } from "@eventfold/store/adapter";
import type { Logger } from "@eventfold/types";

/** How `Replica.open` is to open a replica. */
export interface ReplicaOptions extends SqliteProjectionQueryOptions {
  /** The log to follow: an opened adapter, or a store on one. The replica never closes it. */
  readonly of: EventStorageAdapter | { readonly adapter: EventStorageAdapter };
  /**
   * The file of the replica, which is created when it is missing, in a directory that exists. A second file, with `-follower` at the
   * end of its name, says which process follows.
   */
  readonly filename: string;
  /**
   * What is folded into the same file, in the same transaction as the events: called once with the store of the replica's projections,
   * see {@link Replica.projections}. All processes that open the file give the same. Default: nothing.
   */
  readonly inline?: ((projections: ProjectionStore) => readonly InlineHook[]) | undefined;
  /** The longest that a batch waits for its turn to be written, in milliseconds; default 30,000. */
  readonly writeTimeoutMs?: number | undefined;
  /** Gets what no result tells a caller: interruptions, and why it follows no longer. Default: silent. */
  readonly logger?: Logger | undefined;
}

/** How long to wait for a replica. */
export interface UpToOptions {
  /** In milliseconds; default 30,000. With 0 it only looks. */
  readonly timeoutMs?: number | undefined;
  /** Ends it: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** How far a replica is behind its log. */
export interface ReplicaLag {
  /** The replica has everything up to this sequence number. */
  readonly upTo: number;
  /** The log has everything up to this one that it will ever have: its horizon. */
  readonly logUpTo: number;
  /** The distance between the two, in sequence numbers, some of which no event may have; 0: the replica has everything. */
  readonly sequenceNumbers: number;
}

/**
 * The adapter of the log that is to be followed.
 *
 * @throws `TypeError` for what is neither an adapter nor a store.
 */
export function followedAdapter(of: ReplicaOptions["of"]): EventStorageAdapter {
  const adapter = of !== null && typeof of === "object" && "adapter" in of ? of.adapter : of;
  if (typeof adapter?.storage?.horizon === "function" && typeof adapter.onChange === "function") return adapter;
  throw new TypeError("`of` must be the log to follow: an opened adapter, or a store on one.");
}

/** @throws `RangeError` for a database in memory, which nobody else could read, and which no restart would find again. */
export function checkedFilename(filename: string): string {
  if (filename !== ":memory:") return filename;
  throw new RangeError('A replica needs a file, got ":memory:".');
}

/** @throws `RangeError` unless it is a sequence number, or 0. */
export function checkedSequenceNumber(sequenceNumber: number): number {
  if (Number.isSafeInteger(sequenceNumber) && sequenceNumber >= 0) return sequenceNumber;
  throw new RangeError(`A sequence number must be an integer of 0 or more, got ${String(sequenceNumber)}.`);
}

/** @throws `RangeError` for what no timer can wait. */
export function checkedWaitMs({ timeoutMs = 30_000 }: UpToOptions): number {
  return checkedTimeoutMs("timeoutMs", timeoutMs);
}
