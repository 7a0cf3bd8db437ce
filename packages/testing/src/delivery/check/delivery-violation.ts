import type { StoredEvent } from "@eventfold/types";
import { type Handling, printHandling } from "./handling.ts";

/**
 * What can be wrong with a delivery, by the number of the rule that it breaks.
 *
 * 1. Every event is handled to the end at least once, or is parked, or waits behind a parked event of its stream; no other events
 *    are handled (`lost-event`, `unknown-event`).
 * 2. An owner handles the events of a stream one after the other, beginning with the first one above the checkpoint with which it
 *    was given the partition. So a repeat starts at a checkpoint and goes on from there (`disorder`, `overlap`).
 * 3. A checkpoint covers only what is done: every event at or below it had ended before the save was sent, or before the partition
 *    was given to somebody with that checkpoint (`early-checkpoint`).
 * 4. A partition has one owner at a time: each token is given to one session, nothing is handled without a token, and an owner
 *    begins nothing more once a later owner has begun (`two-owners`, `unclaimed`).
 * 5. What an owner writes after the partition was given to another one is refused (`stale-write`).
 * 6. Where it is promised, every event is done exactly once, or has exactly one effect (`repeated-event`, `missing-effect`,
 *    `repeated-effect`).
 * 7. An event is parked only after it failed, and then handled only by a replay (`parked-untried`, `handled-while-parked`).
 * 8. At the end every partition has a living owner (`abandoned-partition`).
 */
export type DeliveryViolationKind =
  | "lost-event"
  | "unknown-event"
  | "disorder"
  | "overlap"
  | "early-checkpoint"
  | "two-owners"
  | "unclaimed"
  | "stale-write"
  | "repeated-event"
  | "missing-effect"
  | "repeated-effect"
  | "parked-untried"
  | "handled-while-parked"
  | "abandoned-partition";

const RULES: Readonly<Record<DeliveryViolationKind, number>> = {
  "lost-event": 1,
  "unknown-event": 1,
  disorder: 2,
  overlap: 2,
  "early-checkpoint": 3,
  "two-owners": 4,
  unclaimed: 4,
  "stale-write": 5,
  "repeated-event": 6,
  "missing-effect": 6,
  "repeated-effect": 6,
  "parked-untried": 7,
  "handled-while-parked": 7,
  "abandoned-partition": 8,
};

/** One thing in a delivery that breaks a promise. */
export interface DeliveryViolation {
  /** The number of the rule: see {@link DeliveryViolationKind}. */
  readonly rule: number;
  readonly kind: DeliveryViolationKind;
  /** What happened, in words, with the events, and the calls of handlers that show it. */
  readonly message: string;
  /** The ids of the events concerned. */
  readonly eventIds: readonly string[];
}

/** What a violation is made from. */
export interface DeliveryAccusation {
  readonly kind: DeliveryViolationKind;
  /** One sentence, without the calls. */
  readonly what: string;
  readonly events?: readonly Pick<StoredEvent, "id">[];
  readonly handlings?: readonly Handling[];
}

/** A violation with its message. */
export function violation({ kind, what, events = [], handlings = [] }: DeliveryAccusation): DeliveryViolation {
  const rule = RULES[kind];
  const message = [`Rule ${rule}, ${kind}: ${what}`, ...handlings.map((each) => `  ${printHandling(each)}`)].join("\n");
  return { rule, kind, message, eventIds: events.map(({ id }) => id) };
}

/** An event, as a message names it. */
export function printEvent({ id, category, stream, position, sequenceNumber }: StoredEvent): string {
  return `${id} (${category}/${stream} at position ${position}, sequence number ${sequenceNumber})`;
}
