import {
  allOf,
  anyOf,
  noCondition,
  not,
  positionIs,
  streamExists,
  streamIsEmpty,
  type WriteCondition,
} from "@eventfold/store";
import type { Random } from "../../random/random.ts";

/**
 * A combination of closed conditions, at most the given number of levels deep. Positions are 0 to 4, so that they can hold of
 * short streams.
 *
 * @example
 * ```ts
 * await ignoreUnmetCondition(() => stream.publish({ events, condition: generatedCondition(random, 3) }));
 * ```
 */
export function generatedCondition(random: Random, depth: number): WriteCondition {
  const several = (): WriteCondition[] =>
    Array.from({ length: random.integer(0, 3) }, () => generatedCondition(random, depth - 1));
  switch (random.integer(0, depth > 0 ? 7 : 4)) {
    case 0:
      return noCondition();
    case 1:
      return streamIsEmpty();
    case 2:
      return streamExists();
    case 5:
      return allOf(...several());
    case 6:
      return anyOf(...several());
    case 7:
      return not(generatedCondition(random, depth - 1));
    default:
      return positionIs(random.integer(0, 4));
  }
}

/** Whether a closed condition holds of a stream with this latest position; −1 means an empty stream. */
export function conditionHoldsAt(condition: WriteCondition, latest: number): boolean {
  switch (condition.kind) {
    case "no-condition":
      return true;
    case "stream-is-empty":
      return latest === -1;
    case "stream-exists":
      return latest >= 0;
    case "position-is":
      return latest === condition.position;
    case "all-of":
      return condition.conditions.every((each) => conditionHoldsAt(each, latest));
    case "any-of":
      return condition.conditions.some((each) => conditionHoldsAt(each, latest));
    case "not":
      return !conditionHoldsAt(condition.condition, latest);
    case "predicate":
      throw new TypeError("A predicate is not closed.");
  }
}
