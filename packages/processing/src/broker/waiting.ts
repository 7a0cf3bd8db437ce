import { LONGEST_TIMEOUT_MS } from "@eventfold/store/adapter";
import { WaitTimedOutError } from "../errors/wait-timed-out-error.ts";
import { Changes } from "../work/changes.ts";

const FIRST_LOOK_MS = 10;
const LONGEST_LOOK_MS = 250;

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
  /** Looks at the storage whether it holds. */
  readonly holds: () => Promise<boolean>;
  /** Whether it may hold, as far as this process knows; is asked after every change. Throws when there is nothing to wait for any more. */
  readonly mayHold?: (() => boolean) | undefined;
  /** What changes in this process. */
  readonly progress?: Changes | undefined;
}

/**
 * Waits until something holds: looks as soon as it may, and ever more rarely.
 *
 * @throws `WaitTimedOutError`; the signal's reason; what a look rejects with.
 */
export async function waitUntil(wait: Wait): Promise<void> {
  const {
    subscription,
    holds,
    mayHold = () => true,
    timeoutMs = LONGEST_TIMEOUT_MS,
    signal,
    progress = new Changes(),
  } = wait;
  const endMs = performance.now() + timeoutMs;
  const stop = () => progress.notify();
  const mayHoldNow = () => {
    signal?.throwIfAborted();
    return mayHold();
  };
  signal?.addEventListener("abort", stop, { once: true });
  try {
    for (let lookMs = FIRST_LOOK_MS; ; lookMs = Math.min(LONGEST_LOOK_MS, lookMs * 2)) {
      const isWorthALook = await progress.untilOrFor(mayHoldNow, endMs - performance.now());
      if (isWorthALook && (await holds())) return;
      const leftMs = endMs - performance.now();
      if (leftMs <= 0) throw new WaitTimedOutError({ subscription, timeoutMs });
      await progress.untilOrFor(() => signal?.aborted === true, Math.min(lookMs, leftMs));
    }
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}
