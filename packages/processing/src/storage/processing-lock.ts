/** An attempt to take a lock. */
export interface LockAttempt {
  /** At most 512 code points, without control characters. Compared exactly. */
  readonly name: string;
  /** The session whose life the lock depends on. */
  readonly session: string;
  /** A UUID in canonical form, new for each attempt to get the lock, so that two holders of one session exclude each other. */
  readonly holder: string;
}

/**
 * What became of an attempt.
 *
 * - `taken`: the holder has the lock, by this call or by an earlier one whose reply was lost. Its token is above that of every
 *   holder before.
 * - `held`: another holder has it, whose session is living.
 * - `ended`: the session is not living.
 */
export type LockOutcome =
  | { readonly kind: "taken"; readonly token: number }
  | { readonly kind: "held"; readonly session: string; readonly token: number }
  | { readonly kind: "ended" };

/** A lock that its holder releases. */
export interface LockRelease {
  readonly name: string;
  readonly holder: string;
}
