import type { SourceIdentifier, StoredEvent } from "@eventfold/types";

/** Any state of the stream will do: what a publish without a condition asks. */
export interface NoCondition {
  readonly kind: "no-condition";
}

/** The stream has no events. */
export interface StreamIsEmpty {
  readonly kind: "stream-is-empty";
}

/** The stream has at least one event. */
export interface StreamExists {
  readonly kind: "stream-exists";
}

/** The latest event of the stream is at exactly this position. */
export interface PositionIs {
  readonly kind: "position-is";
  readonly position: number;
}

/** All conditions hold; without any, it holds. */
export interface AllOf {
  readonly kind: "all-of";
  readonly conditions: readonly WriteCondition[];
}

/** At least one condition holds; without any, it does not hold. */
export interface AnyOf {
  readonly kind: "any-of";
  readonly conditions: readonly WriteCondition[];
}

/** The condition does not hold. */
export interface Not {
  readonly kind: "not";
  readonly condition: WriteCondition;
}

/** The caller's own test of the latest event holds. */
export interface Predicate {
  readonly kind: "predicate";
  readonly description: string;
  readonly test: (latest: StoredEvent | undefined) => boolean;
}

/**
 * What must hold of a stream for a publish to go through. It is judged against the stream's latest event inside the
 * write, so that of any number of simultaneous publishes with the same `positionIs(k)` exactly one succeeds.
 */
export type WriteCondition = NoCondition | StreamIsEmpty | StreamExists | PositionIs | AllOf | AnyOf | Not | Predicate;

const NO_CONDITION: NoCondition = Object.freeze({ kind: "no-condition" });
const STREAM_IS_EMPTY: StreamIsEmpty = Object.freeze({ kind: "stream-is-empty" });
const STREAM_EXISTS: StreamExists = Object.freeze({ kind: "stream-exists" });

/** Any state of the stream will do. */
export function noCondition(): NoCondition {
  return NO_CONDITION;
}

/** The stream has no events. */
export function streamIsEmpty(): StreamIsEmpty {
  return STREAM_IS_EMPTY;
}

/** The stream has at least one event. */
export function streamExists(): StreamExists {
  return STREAM_EXISTS;
}

/**
 * The latest event of the stream is at exactly this position.
 *
 * @throws `TypeError` when the position is not a number, `RangeError` when it is negative, fractional or unsafe.
 *
 * @example
 * ```ts
 * await stream.publish({ events, condition: positionIs(4) }); // the events get the positions 5, 6 …
 * ```
 */
export function positionIs(position: number): PositionIs {
  if (typeof position !== "number") throw new TypeError(`A position must be a number, got ${typeof position}.`);
  if (!Number.isSafeInteger(position) || position < 0) {
    throw new RangeError(`A position must be an integer of 0 or more, got ${position}.`);
  }
  return Object.freeze({ kind: "position-is", position });
}

/** What has read a stream up to its latest event: a projection of the stream. */
export interface ReadOfStream {
  readonly source: SourceIdentifier;
  /** The position of that event; absent when there was none. */
  readonly lastPosition?: number | undefined;
}

/**
 * The stream has not been published to since its latest event was read: `positionIs` of that event, or `streamIsEmpty`
 * when there was none. A projection of the stream can be given too, also one that was stored: it means the last event that
 * it has read.
 *
 * @throws `RangeError` or `TypeError` when what is given is not a stored event, nor a projection of a stream.
 *
 * @example
 * ```ts
 * const latest = await stream.latest();
 * await stream.publish({ events: decide(latest), condition: unchangedSince(latest) });
 * ```
 */
export function unchangedSince(
  latest: { readonly position: number } | ReadOfStream | undefined,
): PositionIs | StreamIsEmpty {
  if (latest === undefined) return STREAM_IS_EMPTY;
  if (latest === null) throw new TypeError("Expected a stored event or undefined, got null.");
  if ("position" in latest) return positionIs(latest.position);
  if (latest.source?.kind !== "stream") {
    throw new TypeError(
      `Only a stream has positions: expected a projection of a stream, got one of a ${String(latest.source?.kind)}.`,
    );
  }
  return latest.lastPosition === undefined ? STREAM_IS_EMPTY : positionIs(latest.lastPosition);
}

/**
 * All of the conditions hold. Without any, it always holds.
 *
 * @throws `TypeError` when one is not a write condition.
 *
 * @example
 * ```ts
 * const condition = allOf(streamExists(), not(positionIs(9)));
 * ```
 */
export function allOf(...conditions: readonly WriteCondition[]): AllOf {
  return Object.freeze({ kind: "all-of", conditions: Object.freeze(conditions.map((each) => checkedCondition(each))) });
}

/**
 * At least one of the conditions holds. Without any, it never holds.
 *
 * @throws `TypeError` when one is not a write condition.
 */
export function anyOf(...conditions: readonly WriteCondition[]): AnyOf {
  return Object.freeze({ kind: "any-of", conditions: Object.freeze(conditions.map((each) => checkedCondition(each))) });
}

/**
 * The condition does not hold.
 *
 * @throws `TypeError` when it is not a write condition.
 */
export function not(condition: WriteCondition): Not {
  return Object.freeze({ kind: "not", condition: checkedCondition(condition) });
}

/**
 * The caller's own test of the stream's latest event (`undefined` for an empty stream) holds.
 *
 * The event is read, tested, and then published with `positionIs` of what was read, again while rivals interfere. So
 * the test may run several times and must not change anything. It costs one more read than the other conditions, and
 * may take long on a stream that rivals publish to without pause.
 *
 * @param description what it tests, for the error when it does not hold.
 * @param test if it throws, the publish rejects with that error; anything but a boolean is a `TypeError`.
 * @throws `TypeError` when `description` is not a string or `test` not a function.
 *
 * @example
 * ```ts
 * predicate("not yet closed", (latest) => latest?.name !== "account-closed");
 * ```
 */
export function predicate(description: string, test: Predicate["test"]): Predicate {
  if (typeof description !== "string") throw new TypeError("A predicate needs a description in words.");
  if (typeof test !== "function") throw new TypeError("A predicate needs a function that tests the latest event.");
  return Object.freeze({ kind: "predicate", description, test });
}

const DEEPEST_CONDITION = 100;

/**
 * The condition, once it and all that it is made of have been checked.
 *
 * @throws `TypeError` when an untyped caller passes something that is not a write condition; `RangeError` when it nests
 * more than 100 deep.
 */
export function checkedCondition(condition: WriteCondition, depth = 1): WriteCondition {
  if (depth > DEEPEST_CONDITION) throw new RangeError(`A write condition may nest at most ${DEEPEST_CONDITION} deep.`);
  switch (condition?.kind) {
    case "no-condition":
    case "stream-is-empty":
    case "stream-exists":
      return condition;
    case "position-is":
      positionIs(condition.position);
      return condition;
    case "not":
      checkedCondition(condition.condition, depth + 1);
      return condition;
    case "predicate":
      predicate(condition.description, condition.test);
      return condition;
    case "all-of":
    case "any-of":
      if (!Array.isArray(condition.conditions)) throw new TypeError(`${condition.kind} takes a list of conditions.`);
      for (const each of condition.conditions) checkedCondition(each, depth + 1);
      return condition;
    default:
      throw new TypeError(`Not a write condition: ${JSON.stringify(condition) ?? typeof condition}.`);
  }
}
