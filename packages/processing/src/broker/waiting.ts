import { PartitionPausedError } from "../errors/partition-paused-error.ts";
import { WaitTimedOutError } from "../errors/wait-timed-out-error.ts";
import type { ProcessingStorage } from "../storage/processing-storage.ts";
import type { Changes } from "../work/changes.ts";
import type { Lane } from "../work/lane.ts";

const FIRST_LOOK_MS = 10;
const LONGEST_LOOK_MS = 250;

/** As long as a timer can be set for. */
const LONGEST_MS = 2 ** 31 - 1;

/** How long to wait. */
export interface WaitOptions {
  /** At most so many milliseconds. Default: for 24 days. */
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

/**
 * Waits until partitions are done up to their targets, wherever they are worked on.
 *
 * @throws `PartitionPausedError` when one is paused that is not there yet; `WaitTimedOutError`; the signal's reason.
 */
export async function waitForTargets(wait: Wait): Promise<void> {
  const { subscription, timeoutMs = LONGEST_MS, signal, progress } = wait;
  const endMs = performance.now() + timeoutMs;
  const stop = () => progress.notify();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    for (let lookMs = FIRST_LOOK_MS; ; lookMs = Math.min(LONGEST_LOOK_MS, lookMs * 2)) {
      const isHere = await progress.untilOrFor(() => isReachedHere(wait), endMs - performance.now());
      if (isHere && (await isReachedEverywhere(wait))) return;
      const leftMs = endMs - performance.now();
      if (leftMs <= 0) throw new WaitTimedOutError({ subscription, timeoutMs });
      await progress.untilOrFor(() => signal?.aborted === true, Math.min(lookMs, leftMs));
    }
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

/** Whether the lanes of this process are there, as far as it has those that it waits for. */
function isReachedHere(wait: Wait): boolean {
  const { subscription, lanes, signal } = wait;
  signal?.throwIfAborted();
  wait.checkGoesOn();
  const [anyLane] = lanes.values();
  if (anyLane === undefined) return true;
  for (const [partition, target] of wait.targets(anyLane.events.partitions)) {
    const lane = lanes.get(partition);
    if (lane === undefined || lane.done.sequenceNumber >= target) continue;
    if (lane.state === "paused") throw new PartitionPausedError({ subscription, partition, reason: lane.error });
    return false;
  }
  return true;
}

/** Whether all are there, by the lanes of this process or else by what is stored. */
async function isReachedEverywhere({ subscription, storage, lanes, targets }: Wait): Promise<boolean> {
  const { subscriptions } = await storage.status({ names: [subscription] });
  const stored = subscriptions[0]?.status ?? [];
  for (const [partition, target] of targets(Math.max(1, stored.length))) {
    const lane = lanes.get(partition);
    if (lane?.events.partitions === stored.length && lane.done.sequenceNumber >= target) continue;
    const row = stored[partition];
    if (row !== undefined && row.checkpoint.sequenceNumber >= target) continue;
    if (row?.isPaused) throw new PartitionPausedError({ subscription, partition, reason: row.error });
    return false;
  }
  return true;
}
