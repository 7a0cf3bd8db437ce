import type { AnyEvents, EventName } from "./event-table.ts";
import type { JsonValue, ReadPayload } from "./json.ts";

/** A stored event of one name and payload type; {@link StoredEvent} is the union of these over a table of events. */
export interface StoredEventOf<TName extends string, TPayload> {
  /** A canonical lower-case UUID, unique in the log. */
  readonly id: string;
  /** What happened. */
  readonly name: TName;
  /** The payload as JSON gives it back: a `Date` that was put in is a string here. */
  readonly payload: TPayload;
  /** The metadata as JSON gives it back; `null` when none was given. */
  readonly metadata: JsonValue;
  /** The version of the payload's shape, 1 or more. */
  readonly version: number;
  /** When we learned of it, to the millisecond. */
  readonly observedAt: Date;
  /** When it happened in the world, to the millisecond. */
  readonly occurredAt: Date;
  /** What it concerns beyond its stream: distinct, in the order in which they were given; empty when there are none. */
  readonly tags: readonly string[];
  /** The category of the stream it is in. */
  readonly category: string;
  /** The stream it is in. */
  readonly stream: string;
  /** Its place in the stream: 0, 1, 2 … without gaps. */
  readonly position: number;
  /** Its place in the log: 1 or more, strictly rising, gaps allowed, always a safe integer. */
  readonly sequenceNumber: number;
  /**
   * Its place among the events that one stored event is read as: 0, 1, 2 …; absent where that is a single one. They
   * have its id, position and sequence number in common, so that order is by sequence number, then by `part`.
   */
  readonly part?: number;
}

/**
 * An immutable fact, as it is read. Plain readonly data without methods: safe to clone, to log and to send.
 *
 * With a table of name → payload it is a union that narrows on `name`.
 *
 * @example
 * ```ts
 * type AccountEvents = { "account-opened": { owner: string }; "money-deposited": { amount: number } };
 * const amountOf = (event: StoredEvent<AccountEvents>): number =>
 *   event.name === "money-deposited" ? event.payload.amount : 0;
 * ```
 */
export type StoredEvent<TEvents extends object = AnyEvents> = {
  [TName in EventName<TEvents>]: StoredEventOf<TName, ReadPayload<TEvents[TName]>>;
}[EventName<TEvents>];
