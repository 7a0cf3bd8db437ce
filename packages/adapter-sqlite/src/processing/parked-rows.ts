import type {
  EventToPark,
  ParkedEvent,
  ParkedKey,
  ParkedListing,
  ParkedMark,
  ParkedSelection,
} from "@eventfold/processing";
import { systemClock } from "@eventfold/types";
import type { Cell, Row } from "../connection/client.ts";
import type { StatementCache } from "../connection/statement-cache.ts";
import { notWritten } from "../connection/translate-error.ts";
import { uuidOf } from "../reading/uuid-of.ts";

/** Some of the partitions in which events of a subscription are parked. */
export interface ParkedScope {
  readonly subscription: number;
  /** How many partitions the subscription has. */
  readonly of: number;
  readonly partitions: readonly number[];
}

// The driver binds large numbers as floating point, which a strict column takes up to 2⁵¹ only.
const PUT = `INSERT INTO eventfold_processing_parked
  (subscription, sequence_number, hash, event_id, category, stream, is_whole_stream, attempts, error, parked_at)
  VALUES (?, CAST(? AS INTEGER), ?, unhex(?, '-'), ?, ?, ?, ?, ?, ?)
  ON CONFLICT (subscription, sequence_number, hash) DO UPDATE
  SET is_whole_stream = excluded.is_whole_stream, attempts = excluded.attempts, error = excluded.error`;
const KEY = "subscription = ? AND sequence_number = ? AND hash = ?";
const HAS = `SELECT 1 FROM eventfold_processing_parked WHERE ${KEY}`;
const REMOVE = `DELETE FROM eventfold_processing_parked WHERE ${KEY}`;
const DROP = "DELETE FROM eventfold_processing_parked WHERE subscription = ? AND hash % ? = ?";
const COUNT_ALL = "SELECT count(*) FROM eventfold_processing_parked WHERE subscription = ?";
const REMOVE_ALL = "DELETE FROM eventfold_processing_parked WHERE subscription = ?";
const COUNTS = `SELECT hash % ? AS partition, count(*) FROM eventfold_processing_parked WHERE subscription = ?
  GROUP BY partition`;
const MARKS = `SELECT sequence_number, hash, category, stream, is_whole_stream FROM eventfold_processing_parked
  WHERE subscription = ? AND hash % ? IN (SELECT value FROM json_each(?)) AND (is_whole_stream OR sequence_number > ?)
  ORDER BY sequence_number, hash`;
const LISTED =
  "sequence_number, hash, lower(hex(event_id)), category, stream, is_whole_stream, attempts, error, parked_at";
const AFTER = "subscription = ? AND (sequence_number, hash) > (?, ?)";
const LIST = `SELECT ${LISTED} FROM eventfold_processing_parked WHERE ${AFTER}`;
// By statistics SQLite may take the primary key, and read what is parked of all streams.
const LIST_OF_STREAM = `SELECT ${LISTED} FROM eventfold_processing_parked INDEXED BY eventfold_processing_parked_by_stream
  WHERE ${AFTER}`;
const OF_STREAM = "AND category = ? AND stream = ?";
const IN_ORDER = "ORDER BY sequence_number, hash LIMIT ?";

/** The parked events of all subscriptions. The hash of an event determines its partition. */
export class ParkedRows {
  readonly #statements: StatementCache;

  constructor(statements: StatementCache) {
    this.#statements = statements;
  }

  put(subscription: number, event: EventToPark): void {
    const { sequenceNumber, hash, eventId, category, stream, isWholeStream, attempts, error } = event;
    const parkedAtMs = systemClock.now().getTime(); // for people only
    const values = [eventId, category, stream, isWholeStream ? 1 : 0, attempts, error, parkedAtMs];
    const { changes } = this.#statements.prepared(PUT).run(subscription, sequenceNumber, hash, ...values);
    if (changes !== 1) throw notWritten("a parked event");
  }

  has(subscription: number, { sequenceNumber, hash }: ParkedKey): boolean {
    return this.#statements.prepared(HAS).get(subscription, sequenceNumber, hash) !== undefined;
  }

  remove(subscription: number, { sequenceNumber, hash }: ParkedKey): void {
    this.#statements.prepared(REMOVE).run(subscription, sequenceNumber, hash);
  }

  /** Removes the selected events of some partitions. */
  drop({ subscription, of, partitions }: ParkedScope, selection: ParkedSelection): void {
    const { sql, values } = selectionCondition(selection);
    const statement = this.#statements.prepared(`${DROP} ${sql}`);
    for (const partition of partitions) statement.run(subscription, of, partition, ...values);
  }

  /** Removes all events of a subscription. */
  removeAll(subscription: number): void {
    this.#statements.prepared(REMOVE_ALL).run(subscription);
    if (this.countAll(subscription) > 0) throw notWritten("the removal of parked events");
  }

  countAll(subscription: number): number {
    return Number(this.#statements.prepared(COUNT_ALL).get(subscription)?.[0]);
  }

  /** How many events of a subscription with the given number of partitions are parked, by partition. */
  counts(subscription: number, of: number): ReadonlyMap<number, number> {
    const rows = this.#statements.prepared(COUNTS).all(of, subscription);
    return new Map(rows.map(([partition, count]) => [Number(partition), Number(count)]));
  }

  /** The events of some partitions that lie above a number or whose whole stream waits, in order. */
  marks({ subscription, of, partitions }: ParkedScope, above: number): readonly ParkedMark[] {
    return this.#statements.prepared(MARKS).all(subscription, of, JSON.stringify(partitions), above).map(markOf);
  }

  /** A page of the parked events of a subscription with the given number of partitions. */
  list({ subscription, of: stream, after, limit }: ParkedListing, of: number): readonly ParkedEvent[] {
    const sql = stream === undefined ? `${LIST} ${IN_ORDER}` : `${LIST_OF_STREAM} ${OF_STREAM} ${IN_ORDER}`;
    const values = stream === undefined ? [] : [stream.category, stream.stream];
    const { sequenceNumber = -1, hash = -1 } = after ?? {};
    const rows = this.#statements.prepared(sql).all(subscription, sequenceNumber, hash, ...values, limit);
    return rows.map((row) => parkedEvent(row, { subscription, of }));
  }
}

function selectionCondition(selection: ParkedSelection): { readonly sql: string; readonly values: readonly Cell[] } {
  switch (selection.kind) {
    case "event":
      return { sql: "AND sequence_number = ?", values: [selection.sequenceNumber] };
    case "stream":
      return { sql: OF_STREAM, values: [selection.category, selection.stream] };
    case "all":
      return { sql: "", values: [] };
  }
}

function markOf([sequenceNumber, hash, category, stream, isWholeStream]: Row): ParkedMark {
  return {
    sequenceNumber: Number(sequenceNumber),
    hash: Number(hash),
    category: String(category),
    stream: String(stream),
    isWholeStream: isWholeStream === 1,
  };
}

function parkedEvent(row: Row, { subscription, of }: Omit<ParkedScope, "partitions">): ParkedEvent {
  const [sequenceNumber, hash, eventId, category, stream, isWholeStream, attempts, error, parkedAtMs] = row;
  return {
    subscription,
    partition: Number(hash) % of,
    sequenceNumber: Number(sequenceNumber),
    hash: Number(hash),
    eventId: uuidOf(String(eventId)),
    category: String(category),
    stream: String(stream),
    isWholeStream: isWholeStream === 1,
    attempts: Number(attempts),
    error: String(error),
    parkedAtMs: Number(parkedAtMs),
  };
}
