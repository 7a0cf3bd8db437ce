import type { StoredEvent } from "@eventfold/types";
import { type AllowedPositions, EMPTY_STREAM_POSITION } from "./storage/allowed-positions.ts";
import type { WriteCondition } from "./write-condition.ts";

const EVERYTHING: AllowedPositions = { positions: [], complement: true };
const NOTHING: AllowedPositions = { positions: [], complement: false };
const ONLY_EMPTY: AllowedPositions = { positions: [EMPTY_STREAM_POSITION], complement: false };

/** The only latest position allowed is that of this event; `undefined` stands for an empty stream. */
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
      return { positions: [condition.position], complement: false };
    case "all-of":
      return combined(condition.conditions, EVERYTHING, intersectionOf);
    case "any-of":
      return combined(condition.conditions, NOTHING, unionOf);
    case "not": {
      const allowed = positionsAllowedBy(condition.condition);
      return allowed && complementOf(allowed);
    }
    case "predicate":
      return undefined;
  }
}

function combined(
  conditions: readonly WriteCondition[],
  start: AllowedPositions,
  combine: (a: AllowedPositions, b: AllowedPositions) => AllowedPositions,
): AllowedPositions | undefined {
  let result = start;
  for (const condition of conditions) {
    const allowed = positionsAllowedBy(condition);
    if (allowed === undefined) return undefined;
    result = combine(result, allowed);
  }
  return result;
}

function complementOf({ positions, complement }: AllowedPositions): AllowedPositions {
  return { positions, complement: !complement };
}

function intersectionOf(a: AllowedPositions, b: AllowedPositions): AllowedPositions {
  if (a.complement && b.complement) return { positions: merged(a.positions, b.positions), complement: true };
  const [finite, other] = a.complement ? [b, a] : [a, b];
  const others = new Set(other.positions);
  return { positions: finite.positions.filter((n) => others.has(n) !== other.complement), complement: false };
}

/** By De Morgan: the union is what is not outside both. */
function unionOf(a: AllowedPositions, b: AllowedPositions): AllowedPositions {
  return complementOf(intersectionOf(complementOf(a), complementOf(b)));
}

function merged(a: readonly number[], b: readonly number[]): readonly number[] {
  return [...new Set([...a, ...b])].sort((x, y) => x - y);
}
