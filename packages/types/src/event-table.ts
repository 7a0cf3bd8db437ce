/**
 * The table of events that anything may be published to or read from when no table is named: any name, any payload.
 *
 * It is the default of every type parameter `TEvents`.
 */
export interface AnyEvents {
  readonly [name: string]: unknown;
}

/**
 * The event names of a table of name → payload.
 *
 * @example
 * ```ts
 * type AccountEvents = { "account-opened": { owner: string }; "money-deposited": { amount: number } };
 * type Name = EventName<AccountEvents>; // "account-opened" | "money-deposited"
 * ```
 */
export type EventName<TEvents extends object> = keyof TEvents & string;

/**
 * A value from which the compiler infers a table of events: the definitions that `defineEvents` of `@eventfold/events` makes, or
 * what {@link eventTable} makes.
 */
export interface EventTable<TEvents extends object> {
  /** Never present: the table, for the compiler. */
  readonly "~events"?: TEvents | undefined;
}

/**
 * A table of name → payload as a value, for functions that infer it from their `events`.
 *
 * @example
 * ```ts
 * type AccountEvents = { "account-opened": { owner: string }; "money-deposited": { amount: number } };
 * const events = eventTable<AccountEvents>();
 * ```
 */
export function eventTable<TEvents extends object>(): EventTable<TEvents> {
  return Object.freeze({});
}

declare const shape: unique symbol;

/** In a table of events: an event that is published and read with different payloads, as event definitions make it. */
export interface EventShape<TInput, TRead> {
  readonly [shape]: { readonly input: TInput; readonly read: TRead };
}

/** Whether a table has events as definitions make them. */
export type HasDefinedEvents<TEvents> = true extends {
  [TName in keyof TEvents]: 0 extends 1 & TEvents[TName]
    ? false
    : TEvents[TName] extends EventShape<unknown, unknown>
      ? true
      : false;
}[keyof TEvents]
  ? true
  : false;

/** The payload that is published. */
export type PublishedPayload<T> = T extends EventShape<infer TInput, unknown> ? TInput : T;
