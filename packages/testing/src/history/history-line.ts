import type { EventQueryItem, SourceIdentifier, StoredEvent, StreamConstraint } from "@eventfold/store";
import type { PredicateAnswer, RecordedCondition } from "./recorded-condition.ts";

/** What was to be published to one stream: the ids of the events, in order; no ids for an entry that only checks. */
export interface RecordedEntry {
  readonly category: string;
  readonly stream: string;
  readonly eventIds: readonly string[];
  readonly condition?: RecordedCondition | undefined;
}

/** What a publish was to be refused for: an event above a sequence number that matches one of the items. */
export interface RecordedFailIf {
  readonly items: readonly EventQueryItem[];
  readonly after: number;
}

/** A publish. */
export interface RecordedPublish {
  readonly kind: "publish";
  readonly entries: readonly RecordedEntry[];
  readonly failIf?: RecordedFailIf | undefined;
}

/** A reading of the boundary of a query. */
export interface RecordedBoundary {
  readonly kind: "boundary";
  readonly items: readonly EventQueryItem[];
}

/** A scan, a read, or a follower of a source. */
export interface RecordedScan {
  readonly kind: "scan" | "follow";
  readonly source: SourceIdentifier;
  readonly constraints: readonly StreamConstraint[];
  readonly direction: "forwards" | "backwards";
  readonly limit?: number | undefined;
}

/** A look at the newest event of a source. */
export interface RecordedLatest {
  readonly kind: "latest";
  readonly source: SourceIdentifier;
}

/** A look-up by id. */
export interface RecordedLookUp {
  readonly kind: "event-by-id";
  readonly id: string;
}

/** What was asked of a store. */
export type RecordedCall = RecordedPublish | RecordedBoundary | RecordedScan | RecordedLatest | RecordedLookUp;

/** A condition that did not hold, with the position that the store reported; without a position the stream was empty. */
export interface RecordedUnmet {
  readonly category: string;
  readonly stream: string;
  readonly latestPosition?: number | undefined;
}

/**
 * How a call ended.
 *
 * - `stored`, `repeat`: a publish was acknowledged; the events are in the lines before.
 * - `unmet`, `duplicate`, `matched`: a publish was refused.
 * - `read-up-to`: a boundary was read; `after` is the number up to which it holds all events that match.
 * - `read`: a read reached its end; `broken-off`: its consumer stopped it earlier.
 * - `failed`: the call rejected with another error; `code` is that of the library's errors.
 */
export type RecordedOutcome =
  | { readonly kind: "stored" | "repeat"; readonly answers: readonly PredicateAnswer[] }
  | {
      readonly kind: "unmet";
      readonly unmet: readonly RecordedUnmet[];
      readonly answers: readonly PredicateAnswer[];
    }
  | { readonly kind: "duplicate"; readonly ids: readonly string[] }
  | { readonly kind: "matched"; readonly sequenceNumber: number; readonly answers: readonly PredicateAnswer[] }
  | { readonly kind: "read-up-to"; readonly after: number }
  | { readonly kind: "read" | "broken-off" }
  | { readonly kind: "failed"; readonly code?: string | undefined; readonly message: string };

interface LineOfOperation {
  /** The process that made the call: a name that no other recording of the same history has. */
  readonly process: string;
  /** Which call of that process it was, from 1. */
  readonly operation: number;
  /** By the monotonic clock of the machine, in nanoseconds. */
  readonly atNs: number;
}

/**
 * One thing that a recorder noted: that a call was made, that it showed events, that it ended. Plain data, one line of
 * JSON in a file. A call without a last line was cut short by the end of its process: whether it took place is unknown.
 */
export type HistoryLine =
  | (LineOfOperation & { readonly kind: "invoked"; readonly call: RecordedCall })
  | (LineOfOperation & { readonly kind: "saw"; readonly events: readonly StoredEvent[] })
  | (LineOfOperation & { readonly kind: "ended"; readonly outcome: RecordedOutcome });

/**
 * What a store was asked and what it answered, from one process or, joined with `concat`, from many of one machine. The
 * lines of a process are in the order in which they were recorded.
 */
export type History = readonly HistoryLine[];
