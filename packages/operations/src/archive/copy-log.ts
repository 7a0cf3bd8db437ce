import { CheckpointAheadOfLogError, type ProcessingStorageAdapter } from "@eventfold/processing";
import {
  type EventStorageAdapter,
  type EventText,
  isSameEvent,
  memberNames,
  withKnownMembers,
} from "@eventfold/store/adapter";
import { madeAhead } from "./ahead.ts";
import { type CarriedSubscription, checkpointBeyond, readCarried, storeCarried } from "./carried-subscriptions.ts";
import { OtherLogError } from "./errors/other-log-error.ts";
import { restoreBatches } from "./restore-batches.ts";
import { type RestoredEvents, refuseWithoutRestore, restoreEvents } from "./restore-events.ts";
import { newestEventOf, refuseHiddenEvents, settledNumberOf, storedTextsOf } from "./stored-texts.ts";
import type { TransferOptions } from "./transfer-progress.ts";
import { transferableEvents } from "./transferable-event.ts";

/** What is to be copied, and where to. */
export interface CopyOptions extends TransferOptions {
  readonly from: EventStorageAdapter;
  readonly to: EventStorageAdapter;
  /** Goes on with what is published meanwhile. Default: it ends with what was published when it began. */
  readonly follow?: FollowedCopy | undefined;
  /**
   * Takes subscriptions along: their checkpoints, what is paused and what is parked. They are read last, and stored once their
   * events are. Checkpoints that are further in the target stay; what an earlier copy has parked there and the source has handled
   * since is parked no longer. Default: none.
   */
  readonly subscriptions?: CopiedSubscriptions | undefined;
  /** Text that the library would write otherwise is stored as it is read, instead of being refused. Default: `false`. */
  readonly asRead?: boolean | undefined;
}

const OPTIONS = memberNames<CopyOptions>({
  ...{ from: true, to: true, follow: true, subscriptions: true, asRead: true },
  ...{ onProgress: true, signal: true },
});

/** How a copy that follows its source comes to an end. */
export interface FollowedCopy {
  /** Aborted by the caller once nobody publishes to the source any more: what is left is copied, and the copy is complete. */
  readonly stopped: AbortSignal;
}

/** Where subscriptions are stored that a copy takes along, and where they are to be. */
export interface CopiedSubscriptions {
  readonly from: ProcessingStorageAdapter;
  readonly to: ProcessingStorageAdapter;
}

/** What a copy has stored. */
export interface CopiedLog extends RestoredEvents {
  /** The number up to which the source was copied; the target gives its own events numbers above it. */
  readonly horizon: number;
  /** The names of the subscriptions that came along. */
  readonly subscriptions: readonly string[];
}

/**
 * Stores the events of one log in another, of the same adapter or a different one, with their ids, sequence numbers, positions and
 * times. Others may publish to the source meanwhile; nobody else may write to the target.
 *
 * The target has to be empty, or to have the beginning of the same events, so a copy that was interrupted goes on where it was
 * when it is called again. With `follow` a system moves while it runs: the copy keeps up with it; then the writers are stopped and
 * `stopped` is aborted, and when the copy has ended, they are started again on the target.
 *
 * While one batch is stored, the next one is read. Where writers of the source run in parallel, it waits for those in flight, as
 * scans of the log do.
 *
 * @returns what this call has stored.
 * @throws `OtherLogError` (`OTHER_LOG`) when the target has an event that the source does not have.
 * @throws `StorageFailedError` (`STORAGE_FAILED`) when the sequence of the source was set back, so that not all of it can be read.
 * @throws `UntransferableEventError` (`UNTRANSFERABLE_EVENT`) for an event that the library would not have stored so.
 * @throws `LogChangedError` (`LOG_CHANGED`) when somebody else has written to the target.
 * @throws `CheckpointAheadOfLogError` (`CHECKPOINT_AHEAD_OF_LOG`) when a subscription that is to come along is ahead of the source,
 * `SubscriptionMismatchError` (`SUBSCRIPTION_MISMATCH`) when the target has another subscription of the same name, and
 * `SubscriptionBusyError` (`SUBSCRIPTION_BUSY`) when a node works on one there. The events are copied then.
 * @throws `UnsupportedByAdapterError` (`UNSUPPORTED_BY_ADAPTER`) when an adapter lacks `restore` or `storage.storedTexts`.
 * @throws `StorageAccessDeniedError` (`STORAGE_ACCESS_DENIED`) on PostgreSQL without the rights of the target's owner.
 *
 * @example
 * ```ts
 * const target = await MemoryEventStorageAdapter.open();
 * const { events } = await copyLog({ from: adapter, to: target });
 * ```
 */
export async function copyLog(options: CopyOptions): Promise<CopiedLog> {
  withKnownMembers("The options of copyLog", options, OPTIONS);
  const { from, to, follow, subscriptions, asRead = false } = options;
  refuseWithoutRestore(to);
  options.signal?.throwIfAborted();
  await refuseHiddenEvents(from);
  const newest = await newestEventOf(to);
  if (newest !== undefined && !isSameEvent(await newestEventOf(from, newest.sequenceNumber), newest)) {
    throw new OtherLogError({ newest, reason: "the log that is to be copied does not have it" });
  }
  let restored: RestoredEvents = { events: 0, newest };
  let horizon = 0;
  const changes = new Changes(from, [follow?.stopped, options.signal]);
  try {
    for (;;) {
      // Asked before the source is read: what is published after it is stopped would be left out.
      const isStopped = follow === undefined || follow.stopped.aborted;
      const carried = isStopped && subscriptions ? await readCarried(subscriptions.from.storage) : [];
      const settled = await settledNumberOf(from);
      if (settled !== horizon) {
        horizon = settled;
        const range = { after: restored.newest?.sequenceNumber ?? 0, upTo: horizon, signal: options.signal };
        const batches = madeAhead(restoreBatches(transferablePages(storedTextsOf(from, range), asRead)));
        restored = await restoreEvents({ to, restored, batches, horizon }, options);
      }
      options.signal?.throwIfAborted();
      if (isStopped && !(await isAwaited(from, horizon, carried))) {
        if (subscriptions) await storeCarried(subscriptions.to.storage, carried);
        return { ...restored, horizon, subscriptions: carried.map(({ subscription }) => subscription.name) };
      }
      await changes.next();
    }
  } finally {
    changes.stop();
  }
}

/**
 * Whether there is a checkpoint beyond the horizon, which the target has to come to: one of a category may be beyond a writer in
 * flight in another category.
 *
 * @throws `CheckpointAheadOfLogError` when nothing will come there.
 */
async function isAwaited(
  from: EventStorageAdapter,
  horizon: number,
  carried: readonly CarriedSubscription[],
): Promise<boolean> {
  const ahead = checkpointBeyond(horizon, carried);
  if (ahead === undefined) return false;
  const [news] = await from.newsOf([{ source: { kind: "log" }, after: horizon }]);
  if (news?.isReadable || news?.isHeldBack) return true;
  throw new CheckpointAheadOfLogError(ahead);
}

async function* transferablePages(
  pages: AsyncIterable<readonly EventText[]>,
  asRead: boolean,
): AsyncGenerator<readonly EventText[], void, undefined> {
  for await (const page of pages) yield transferableEvents(page, asRead);
}

/** Wakes a copy that waits: when events may have been published, when a signal is aborted, and every second in any case. */
class Changes {
  readonly #stopListening: () => void;
  readonly #signals: readonly AbortSignal[];
  readonly #listener = () => this.#wake();
  #isAwake = false;
  #wakeUp: () => void = () => {};

  constructor(adapter: EventStorageAdapter, signals: readonly (AbortSignal | undefined)[]) {
    this.#stopListening = adapter.onChange(this.#listener);
    this.#signals = signals.filter((signal) => signal !== undefined);
    for (const signal of this.#signals) signal.addEventListener("abort", this.#listener);
  }

  /** Resolves at once if there was a change since the last call. */
  async next(): Promise<void> {
    if (!this.#isAwake) {
      // An event that is held back by a writer in flight wakes nobody when that writer rolls back.
      const timer = setTimeout(this.#listener, LONGEST_WAIT_MS);
      await new Promise<void>((resolve) => {
        this.#wakeUp = resolve;
      });
      clearTimeout(timer);
    }
    this.#isAwake = false;
  }

  stop(): void {
    this.#stopListening();
    for (const signal of this.#signals) signal.removeEventListener("abort", this.#listener);
  }

  #wake(): void {
    this.#isAwake = true;
    this.#wakeUp();
  }
}

const LONGEST_WAIT_MS = 1_000;
