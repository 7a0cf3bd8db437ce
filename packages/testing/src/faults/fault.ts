/** What goes wrong with one call of an adapter. */
export type Fault = FailFault | LoseReplyFault | DelayFault;

/** The call fails before it reaches the storage: nothing is written. */
export interface FailFault {
  readonly kind: "fail";
  readonly error: unknown;
}

/** The call does its work, and then fails: what it wrote stays. */
export interface LoseReplyFault {
  readonly kind: "lose-reply";
  readonly error: unknown;
}

/** The call waits before it reaches the storage. */
export interface DelayFault {
  readonly kind: "delay";
  readonly ms: number;
}

/** The call fails with this error before it reaches the storage. */
export function fail(error: unknown): FailFault {
  return Object.freeze({ kind: "fail", error });
}

/** The call does its work, and then fails with this error, as when a connection breaks before the reply. */
export function loseReply(error: unknown): LoseReplyFault {
  return Object.freeze({ kind: "lose-reply", error });
}

/**
 * The call waits for this number of milliseconds before it reaches the storage; 0 lets others go first.
 *
 * @throws `RangeError` when `ms` is negative or not finite.
 */
export function delay(ms: number): DelayFault {
  if (!Number.isFinite(ms) || ms < 0) throw new RangeError(`A delay must be 0 or more milliseconds, got ${ms}.`);
  return Object.freeze({ kind: "delay", ms });
}
