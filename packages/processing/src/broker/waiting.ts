import { PartitionPausedError } from "../errors/partition-paused-error.ts";
import { WaitTimedOutError } from "../errors/wait-timed-out-error.ts";
import type { ProcessingStorage } from "../storage/processing-storage.ts";
import type { Changes } from "../work/changes.ts";
import type { Lane } from "../work/lane.ts";

const FIRST_LOOK_MS = 10;
const LONGEST_LOOK_MS = 250;

/** How long to wait. */
export interface WaitOptions {
  /** At most so many milliseconds. Default: without end. */
  readonly timeoutMs?: number | undefined;
  /** Ends the wait: it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What is waited for. */
export interface Wait extends WaitOptions {
  /** The name of the subscription. */
  readonly subscription: string;
  readonly storage: ProcessingStorage;
  /** Up to which number each partition has to be done, of so many. */
  readonly targets: (partitions: number) => ReadonlyMap<number, number>;
  /** Throws when there is nothing to wait for any more. */
  readonly checkGoesOn: () => void;
  /** The lanes of this process, and what changes with them. */
  readonly lanes: ReadonlyMap<number, Lane>;
  readonly progress: Changes;
}

/** A partition as it is here, in a lane, or else as it is stored. */
interface Seen {
  readonly doneUpTo: number;
  readonly isPaused: boolean;
  readonly reason: string | undefined;
}

/**
 * Waits until partitions are done up to their targets, wherever they are worked on.
 *
 * @throws `PartitionPausedError` when one is paused that is not there yet; `WaitTimedOutError`; the signal's reason.
 */
export async function waitForTargets(wait: Wait): Promise<void> {
  const { subscription, timeoutMs = Number.POSITIVE_INFINITY, signal, progress } = wait;
  const endMs = performance.now() + timeoutMs;
  const stop = () => progress.notify();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    for (let lookMs = FIRST_LOOK_MS; ; lookMs = Math.min(LONGEST_LOOK_MS, lookMs * 2)) {
      signal?.throwIfAborted();
      wait.checkGoesOn();
      const { version } = progress;
      if (await areReached(wait)) return;
      const leftMs = endMs - performance.now();
      if (leftMs <= 0) throw new WaitTimedOutError({ subscription, timeoutMs });
      await progress.after(version, Math.min(lookMs, leftMs));
    }
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

async function areReached(wait: Wait): Promise<boolean> {
  const { subscription, storage, lanes } = wait;
  const status = await storage.status({ names: [subscription] });
  const stored = status.subscriptions[0]?.status ?? [];
  for (const [partition, target] of wait.targets(Math.max(1, stored.length))) {
    const row = stored[partition];
    const seen = seenOf(lanes.get(partition)) ?? {
      doneUpTo: row?.checkpoint.sequenceNumber ?? 0,
      isPaused: row?.isPaused ?? false,
      reason: row?.error,
    };
    if (seen.doneUpTo >= target) continue;
    if (seen.isPaused) throw new PartitionPausedError({ subscription, partition, reason: seen.reason });
    return false;
  }
  return true;
}

function seenOf(lane: Lane | undefined): Seen | undefined {
  if (lane === undefined || lane.signal.aborted) return undefined;
  return { doneUpTo: lane.done.sequenceNumber, isPaused: lane.state === "paused", reason: lane.error };
}
