import { isUnawaited, type StoredEvent } from "@eventfold/types";
import {
  type AllowedPositions,
  EMPTY_STREAM_POSITION,
  GREATEST_POSITION,
  isAllowed,
} from "./storage/allowed-positions.ts";
import type { WriteCondition } from "./write-condition.ts";

const EVERYTHING: AllowedPositions = { positions: [], complement: true };
const NOTHING: AllowedPositions = { positions: [], complement: false };
const ONLY_EMPTY: AllowedPositions = { positions: [EMPTY_STREAM_POSITION], complement: false };

/** The only latest position allowed is that of this event; `undefined` means an empty stream. */
export function onlyPositionOf(latest: StoredEvent | undefined): AllowedPositions {
  return latest === undefined ? ONLY_EMPTY : { positions: [latest.position], complement: false };
}

/** No latest position is allowed. */
export function noPosition(): AllowedPositions {
  return NOTHING;
}

/**
 * The latest positions with which a condition holds, or `undefined` when it contains a predicate, which only the latest
 * event itself can answer.
 */
export function positionsAllowedBy(condition: WriteCondition): AllowedPositions | undefined {
  switch (condition.kind) {
    case "no-condition":
      return EVERYTHING;
    case "stream-is-empty":
      return ONLY_EMPTY;
    case "stream-exists":
      return complementOf(ONLY_EMPTY);
    case "position-is":
      // No stream has an event beyond it, and no database would take the number.
      if (condition.position > GREATEST_POSITION) return NOTHING;
      return { positions: [condition.position], complement: false };
    case "all-of": {
      const allowed = allPositionsAllowedBy(condition.conditions);
      return allowed && intersectionOf(allowed);
    }
    case "any-of": {
      const allowed = allPositionsAllowedBy(condition.conditions);
      return allowed && unionOf(allowed);
    }
    case "not": {
      const allowed = positionsAllowedBy(condition.condition);
      return allowed && complementOf(allowed);
    }
    case "predicate":
      return undefined;
  }
}

function allPositionsAllowedBy(conditions: readonly WriteCondition[]): readonly AllowedPositions[] | undefined {
  const sets: AllowedPositions[] = [];
  for (const condition of conditions) {
    const allowed = positionsAllowedBy(condition);
    if (allowed === undefined) return undefined;
    sets.push(allowed);
  }
  return sets;
}

function complementOf({ positions, complement }: AllowedPositions): AllowedPositions {
  return { positions, complement: !complement };
}

/** One pass over all positions: taken two at a time, a list of thousands would be read thousands of times. */
function intersectionOf(sets: readonly AllowedPositions[]): AllowedPositions {
  const forbidden = new Set<number>();
  const timesAllowed = new Map<number, number>();
  let finiteSets = 0;
  for (const { positions, complement } of sets) {
    if (!complement) finiteSets += 1;
    for (const position of positions) {
      if (complement) forbidden.add(position);
      else timesAllowed.set(position, (timesAllowed.get(position) ?? 0) + 1);
    }
  }
  if (finiteSets === 0) return { positions: rising(forbidden), complement: true };
  const allowed = [...timesAllowed].filter(([position, times]) => times === finiteSets && !forbidden.has(position));
  return { positions: rising(allowed.map(([position]) => position)), complement: false };
}

/** By De Morgan: the union is what is not outside all of them. */
function unionOf(sets: readonly AllowedPositions[]): AllowedPositions {
  return complementOf(intersectionOf(sets.map(complementOf)));
}

function rising(positions: Iterable<number>): readonly number[] {
  return [...positions].sort((a, b) => a - b);
}

/**
 * Whether a condition holds of a stream with this latest event. Predicates are called in the order given, and only
 * where the answer still depends on them.
 *
 * @throws whatever a predicate throws, and `TypeError` when one returns anything but a boolean.
 */
export function conditionHolds(condition: WriteCondition, latest: StoredEvent | undefined): boolean {
  switch (condition.kind) {
    case "all-of":
      return condition.conditions.every((each) => conditionHolds(each, latest));
    case "any-of":
      return condition.conditions.some((each) => conditionHolds(each, latest));
    case "not":
      return !conditionHolds(condition.condition, latest);
    case "predicate":
      return checkedAnswer(condition.test(latest), condition.description);
    default:
      return isAllowed(positionsAllowedBy(condition), latest?.position);
  }
}

function checkedAnswer(answer: unknown, description: string): boolean {
  if (typeof answer === "boolean") return answer;
  const what = isUnawaited(answer) ? "a promise" : typeof answer;
  throw new TypeError(`The predicate ${JSON.stringify(description)} must return a boolean, but it returned ${what}.`);
}
