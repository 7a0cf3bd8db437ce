import type { AnyEvents, EventName, PublishedPayload } from "./event-table.ts";

/** A new event of one name and payload type; {@link NewEvent} is the union of these over a table of events. */
export interface NewEventOf<TName extends string, TPayload> {
  /** What happened, in the past tense: at most 255 code points, no control characters. */
  readonly name: TName;
  /** A value that JSON can carry; what JSON would silently change is refused when it is published. */
  readonly payload: TPayload;
  /** A value that JSON can carry, about the event rather than of it. Stored as `null` when absent. */
  readonly metadata?: unknown;
  /** A canonical lower-case UUID, unique in the log. Default: a fresh UUIDv7. */
  readonly id?: string | undefined;
  /** The version of the payload's shape: an integer from 1 to 2,147,483,647. Default: 1. */
  readonly version?: number | undefined;
  /** When we learned of it, to the millisecond. Default: the store's clock. */
  readonly observedAt?: Date | undefined;
  /** When it happened in the world, to the millisecond. Default: `observedAt`. */
  readonly occurredAt?: Date | undefined;
  /**
   * What it concerns beyond its stream, such as `"course:c1"`, to find it by: at most 100, each at most 255 code points without
   * control characters. Duplicates are dropped, and the order is kept. Default: none.
   */
  readonly tags?: readonly string[] | undefined;
}

/**
 * An event to publish: a plain literal, checked against a table of name → payload.
 *
 * @example
 * ```ts
 * type AccountEvents = { "account-opened": { owner: string }; "money-deposited": { amount: number } };
 * const event: NewEvent<AccountEvents> = { name: "money-deposited", payload: { amount: 5 } };
 * ```
 */
export type NewEvent<TEvents extends object = AnyEvents> = {
  [TName in EventName<TEvents>]: NewEventOf<TName, PublishedPayload<TEvents[TName]>>;
}[EventName<TEvents>];

/** A new event that already carries its identity and times, so that publishing it again is recognised as a repeat. */
export type IdentifiedEvent<TEvents extends object = AnyEvents> = NewEvent<TEvents> & {
  readonly id: string;
  readonly version: number;
  readonly observedAt: Date;
  readonly occurredAt: Date;
};
