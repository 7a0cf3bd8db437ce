import type { StoredEvent } from "@eventfold/store";
import { type Operation, printOperation } from "../operation.ts";

/**
 * What can be wrong with a history.
 *
 * - `lost-acknowledgement`: an event was acknowledged and is not in the final log.
 * - `vanished-event`: an event was read and is not in the final log.
 * - `changed-event`: an event was shown with a different place or different contents from those in the log.
 * - `unknown-event`: the log, or a stream, contains an event that nobody published there.
 * - `duplicate-event`: an id is in the log twice, or two publishes both claim to have stored it.
 * - `disorder`: sequence numbers do not rise, or positions are not 0, 1, 2 …
 * - `half-publish`: only a part of a publish was stored, or shown.
 * - `wrong-reply`: a publish did not return the events that it was given.
 * - `refused-but-stored`: a publish was refused, and its events are in the log.
 * - `condition-ignored`: a publish was stored although its condition did not hold.
 * - `match-overlooked`: a publish was stored although an event matched its `failIf`.
 * - `false-refusal`: a publish was refused for a reason that did not hold.
 * - `late-event`: an event was stored at or before a sequence number that had been seen within the ordering guarantee.
 * - `skipped-event`: a read showed newer events of its source, but not this one.
 * - `stale-read`: a read did not show what was known before it began.
 * - `wrong-read`: a read showed what was not asked for, or in another order.
 */
export type HistoryViolationKind =
  | "lost-acknowledgement"
  | "vanished-event"
  | "changed-event"
  | "unknown-event"
  | "duplicate-event"
  | "disorder"
  | "half-publish"
  | "wrong-reply"
  | "refused-but-stored"
  | "condition-ignored"
  | "match-overlooked"
  | "false-refusal"
  | "late-event"
  | "skipped-event"
  | "stale-read"
  | "wrong-read";

/** One thing in a history that the contract does not allow. */
export interface HistoryViolation {
  /** The rule of the contract that was broken. */
  readonly rule: number;
  readonly kind: HistoryViolationKind;
  /** What happened, in words, with the calls that show it. */
  readonly message: string;
  /** The calls that show it. */
  readonly operations: readonly Operation[];
  /** The ids of the events concerned. */
  readonly eventIds: readonly string[];
}

/** What a violation is made from. */
export interface Accusation {
  readonly rule: number;
  readonly kind: HistoryViolationKind;
  /** One sentence, without the calls. */
  readonly what: string;
  readonly operations?: readonly (Operation | undefined)[];
  readonly events?: readonly Pick<StoredEvent, "id">[];
}

/** A violation with its message. */
export function violation({ rule, kind, what, operations = [], events = [] }: Accusation): HistoryViolation {
  const calls = [...new Set(operations.filter((operation) => operation !== undefined))];
  const message = [`Rule ${rule}, ${kind}: ${what}`, ...calls.map((call) => `  ${printOperation(call)}`)].join("\n");
  return { rule, kind, message, operations: calls, eventIds: events.map(({ id }) => id) };
}

/** An event, as a message names it. */
export function printEvent({ id, category, stream, position, sequenceNumber }: StoredEvent): string {
  return `${id} (${category}/${stream} at position ${position}, sequence number ${sequenceNumber})`;
}
