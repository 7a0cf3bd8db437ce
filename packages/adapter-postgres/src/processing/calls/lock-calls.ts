import type { LockAttempt, LockOutcome, LockRelease } from "@eventfold/processing";
import type { TextRow } from "../../connection/statement.ts";
import type { ProcessingCall } from "./processing-call.ts";

/** Takes a lock. */
export function tryLock({ name, session, holder }: LockAttempt): ProcessingCall<LockOutcome> {
  return {
    routine: "try_lock",
    effect: "writes",
    values: [name, session, holder],
    answer: ([row]) => lockOutcomeFrom(row ?? []),
  };
}

/** Releases a lock. */
export function releaseLock({ name, holder }: LockRelease): ProcessingCall<void> {
  return { routine: "release_lock", effect: "wakes", values: [name, holder], answer: () => {} };
}

function lockOutcomeFrom([kind, session, token]: TextRow): LockOutcome {
  if (kind === "taken") return { kind, token: Number(token) };
  if (kind === "held") return { kind, session: session as string, token: Number(token) };
  return { kind: "ended" };
}
