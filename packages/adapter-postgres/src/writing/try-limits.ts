/** How long the parts of one try may take. */
export interface TryLimits {
  /** How long to wait for a connection to become free. */
  readonly turnTimeoutMs: number;
  /** How long to wait for the server where one is opened. */
  readonly connectTimeoutMs: number;
  /** How long the server may wait for the order locks. */
  readonly lockTimeoutMs: number;
  /** How long the reply may take before the connection is given up. */
  readonly replyTimeoutMs: number;
}

// A server that is silent takes a third of the time, so that the rest is left for another connection, or another server.
const TRIES = 3;
// The server is asked to give up first, and says why; a server that is silent for so much longer is given up on.
const GRACE_MS = 1_000;
// A server that is only slow to say that the lock is held must not be taken for one that is silent.
const LEAST_GRACE_MS = 250;
const SLOWEST_BYTES_PER_MS = 1_000;

/** What {@link tryLimits} follow from. */
export interface TryOptions {
  /** When the writer stops waiting, in the milliseconds of `performance.now()`. */
  readonly deadlineMs: number;
  readonly writeTimeoutMs: number;
  /** About how many bytes are sent. */
  readonly bytes: number;
}

/**
 * The limits of one try: a part of the time that is left. A try that waits for the order locks ends with its part, gives up
 * its place among those who wait, and is repeated.
 */
export function tryLimits({ deadlineMs, writeTimeoutMs, bytes }: TryOptions): TryLimits {
  const leftMs = Math.max(1, Math.ceil(deadlineMs - performance.now()));
  const partMs = Math.ceil(writeTimeoutMs / TRIES);
  const isLast = leftMs <= partMs;
  const turnMs = isLast ? leftMs : partMs;
  const graceMs = isLast ? GRACE_MS : Math.max(LEAST_GRACE_MS, Math.min(GRACE_MS, partMs / 2));
  return {
    turnTimeoutMs: leftMs,
    connectTimeoutMs: turnMs,
    lockTimeoutMs: turnMs,
    replyTimeoutMs: Math.min(turnMs + graceMs + bytes / SLOWEST_BYTES_PER_MS, leftMs + GRACE_MS),
  };
}
