import { checkedName, eventTimeMs } from "@eventfold/types";
import type { EventQuery } from "./event-query.ts";

/** Only events after a sequence number. */
export interface SequenceNumberAfter {
  readonly kind: "sequence-number-after";
  readonly sequenceNumber: number;
}

/** Only events before a sequence number. */
export interface SequenceNumberBefore {
  readonly kind: "sequence-number-before";
  readonly sequenceNumber: number;
}

/** Only events after a position of their stream. */
export interface PositionAfter {
  readonly kind: "position-after";
  readonly position: number;
}

/** Only events before a position of their stream. */
export interface PositionBefore {
  readonly kind: "position-before";
  readonly position: number;
}

/**
 * Only events that occurred, or were observed, before or after a time in epoch milliseconds. Times are whole milliseconds, so the
 * bounds that include their time are made of these too.
 */
export interface TimeConstraint {
  readonly kind: "occurred-after" | "occurred-before" | "observed-after" | "observed-before";
  readonly timeMs: number;
}

/** Only events with one of these names. */
export interface NameIn<TName extends string = string> {
  readonly kind: "name-in";
  readonly names: readonly TName[];
}

/** Narrows a scan of any source. All bounds are exclusive as they are stored here; all constraints of a scan must hold. */
export type SourceConstraint<TName extends string = string> =
  | SequenceNumberAfter
  | SequenceNumberBefore
  | TimeConstraint
  | NameIn<TName>
  | EventQuery<TName>;

/** Narrows a scan of a stream: by position too. */
export type StreamConstraint<TName extends string = string> = SourceConstraint<TName> | PositionAfter | PositionBefore;

/**
 * Only events after this sequence number; `sequenceNumberAfter(0)` is from the start.
 *
 * @throws `TypeError` when it is not a number, `RangeError` when it is negative, fractional or unsafe.
 *
 * @example
 * ```ts
 * for await (const event of store.log().scan({ constraints: [sequenceNumberAfter(41)] })) console.log(event.name);
 * ```
 */
export function sequenceNumberAfter(sequenceNumber: number): SequenceNumberAfter {
  return Object.freeze({
    kind: "sequence-number-after",
    sequenceNumber: checkedNumber("sequence number", sequenceNumber),
  });
}

/**
 * Only events before this sequence number.
 *
 * @throws `TypeError` when it is not a number, `RangeError` when it is negative, fractional or unsafe.
 */
export function sequenceNumberBefore(sequenceNumber: number): SequenceNumberBefore {
  return Object.freeze({
    kind: "sequence-number-before",
    sequenceNumber: checkedNumber("sequence number", sequenceNumber),
  });
}

/**
 * Only events after this position; for streams only.
 *
 * @throws `TypeError` when it is not a number, `RangeError` when it is negative, fractional or unsafe.
 */
export function positionAfter(position: number): PositionAfter {
  return Object.freeze({ kind: "position-after", position: checkedNumber("position", position) });
}

/**
 * Only events before this position; for streams only.
 *
 * @throws `TypeError` when it is not a number, `RangeError` when it is negative, fractional or unsafe.
 */
export function positionBefore(position: number): PositionBefore {
  return Object.freeze({ kind: "position-before", position: checkedNumber("position", position) });
}

/**
 * Only events that occurred after this time: what was true since.
 *
 * @throws `TypeError` when it is not a valid `Date` of the years 1 to 9999.
 */
export function occurredAfter(time: Date): TimeConstraint {
  return Object.freeze({ kind: "occurred-after", timeMs: checkedTime(time) });
}

/**
 * Only events that occurred before this time: what was true then.
 *
 * @throws `TypeError` when it is not a valid `Date` of the years 1 to 9999.
 */
export function occurredBefore(time: Date): TimeConstraint {
  return Object.freeze({ kind: "occurred-before", timeMs: checkedTime(time) });
}

/**
 * Only events that occurred at this time or after it: {@link occurredAfter} of the millisecond before.
 *
 * @throws `TypeError` when it is not a valid `Date` of the years 1 to 9999.
 */
export function occurredFrom(time: Date): TimeConstraint {
  return Object.freeze({ kind: "occurred-after", timeMs: checkedTime(time) - 1 });
}

/**
 * Only events that occurred before this time or at it: {@link occurredBefore} of the millisecond after.
 *
 * @throws `TypeError` when it is not a valid `Date` of the years 1 to 9999.
 *
 * @example
 * ```ts
 * const inJanuary = [occurredFrom(new Date("2026-01-01")), occurredBefore(new Date("2026-02-01"))];
 * for (const { name } of await stream.read({ constraints: inJanuary })) console.log(name);
 * ```
 */
export function occurredUpTo(time: Date): TimeConstraint {
  return Object.freeze({ kind: "occurred-before", timeMs: checkedTime(time) + 1 });
}

/**
 * Only events that were observed after this time: what we have learned since.
 *
 * @throws `TypeError` when it is not a valid `Date` of the years 1 to 9999.
 */
export function observedAfter(time: Date): TimeConstraint {
  return Object.freeze({ kind: "observed-after", timeMs: checkedTime(time) });
}

/**
 * Only events that were observed before this time: what we believed then.
 *
 * @throws `TypeError` when it is not a valid `Date` of the years 1 to 9999.
 */
export function observedBefore(time: Date): TimeConstraint {
  return Object.freeze({ kind: "observed-before", timeMs: checkedTime(time) });
}

/**
 * Only events that were observed at this time or after it: {@link observedAfter} of the millisecond before.
 *
 * @throws `TypeError` when it is not a valid `Date` of the years 1 to 9999.
 */
export function observedFrom(time: Date): TimeConstraint {
  return Object.freeze({ kind: "observed-after", timeMs: checkedTime(time) - 1 });
}

/**
 * Only events that were observed before this time or at it: {@link observedBefore} of the millisecond after.
 *
 * @throws `TypeError` when it is not a valid `Date` of the years 1 to 9999.
 */
export function observedUpTo(time: Date): TimeConstraint {
  return Object.freeze({ kind: "observed-before", timeMs: checkedTime(time) + 1 });
}

/**
 * Only events with one of these names. On a source with a table of events, a name that is not in it does not compile.
 *
 * @throws `InvalidNameError` (`INVALID_NAME`) when one is not a valid event name.
 *
 * @example
 * ```ts
 * const deposits = await stream.read({ constraints: [nameIn("money-deposited")] });
 * ```
 */
export function nameIn<const TName extends string>(first: TName, ...rest: readonly TName[]): NameIn<TName> {
  const names = [first, ...rest];
  for (const name of names) checkedName("event", name);
  return Object.freeze({ kind: "name-in", names: Object.freeze(names) });
}

/** @throws `TypeError` when it is not a number, `RangeError` when it is negative, fractional or unsafe. */
export function checkedNumber(what: string, value: unknown): number {
  if (typeof value !== "number") throw new TypeError(`A ${what} must be a number, got ${typeof value}.`);
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`A ${what} must be a safe integer of 0 or more, got ${value}.`);
  }
  return value;
}

function checkedTime(time: unknown): number {
  const timeMs = eventTimeMs(time);
  if (timeMs === undefined) throw new TypeError(`Expected a valid Date in the years 1 to 9999, got ${String(time)}.`);
  return timeMs;
}
