import type { ProcessingSession } from "@eventfold/processing";

/** A living session as beats and status print it. */
export type StoredSession = readonly [
  id: string,
  name: string,
  beat: number,
  leaseMs: number,
  subscriptions: readonly number[],
  beatAtMs: number,
];

/** The session that was printed. */
export function sessionFrom([id, name, beat, leaseMs, subscriptions, beatAtMs]: StoredSession): ProcessingSession {
  return { id, name, leaseMs, beat, subscriptions, beatAtMs };
}
