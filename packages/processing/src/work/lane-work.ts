import type { PartitionHashes } from "../subscription/partition-hash.ts";
import type { Subscription } from "../subscription/subscription.ts";
import type { PartitionMessage } from "../tracing/channels.ts";
import type { Entry } from "./backlog.ts";

/** What a lane offers to those who work on its events. */
export interface LaneWork {
  readonly subscription: Subscription;
  readonly partition: number;
  /** Of so many. */
  readonly partitions: number;
  readonly hashes: PartitionHashes;
  readonly fencingToken: number;
  /** Aborted when the lane is lost. */
  readonly signal: AbortSignal;
  /** Whether nothing may be started now. What was taken and is not done is given to somebody again later. */
  readonly isHeld: boolean;
  /** What tracing says of it. */
  describe(): PartitionMessage;
  /** The next event to handle whose key is not at work; `undefined` when there is none, or nothing may be started. */
  take(): Entry | undefined;
  /** The next event to handle, whatever its key. */
  takeNext(): Entry | undefined;
  /**
   * Stores what was made of events, in one transaction with the checkpoint: all of it, and the events are done, or nothing. The
   * transaction begins at the call, and `work` may take its time in it. Nothing else saves the checkpoint meanwhile.
   *
   * @param entries what is done by it: the next ones that are open, in order, without a gap; at least one.
   * @throws what `work` rejects with; `LeaseLostError` when others have the partition; else what the transaction rejects with, after
   * the checkpoint has told that it was not committed.
   */
  transact(entries: readonly Entry[], work: (transaction: object) => Promise<void>): Promise<void>;
  /** Takes note that the event of an open entry is not needed for now, so that others have room. It can be read again. */
  release(entry: Entry): void;
  /** Takes note that an event is done. */
  finish(entry: Entry): void;
  /** Whether an event that was taken is not to be handled: its stream was parked since, and waits. It is done with then. */
  passOver(entry: Entry): boolean;
  /** Takes note that an event failed and is tried again. `undefined`: that a handler failed before it took any. */
  noteFailure(entry: Entry | undefined, error: unknown): void;
  /** Does with an event that was tried in vain what the failure policy says. */
  giveUp(entry: Entry, error: unknown): Promise<void>;
  /** Waits so long, or until nothing may be started any more. */
  rest(ms: number): Promise<void>;
  /** Waits until there may be something to take, or nothing may be started any more. */
  waitForWork(): Promise<void>;
  /** Whether there is nothing to take, and nothing more comes before something is done or published. */
  readonly isDry: boolean;
  /** Waits until there may be something to take, the lane is dry, or nothing may be started any more; at most so long. */
  waitForMore(ms: number): Promise<void>;
  /** Saves the checkpoint. */
  save(): Promise<void>;
}
