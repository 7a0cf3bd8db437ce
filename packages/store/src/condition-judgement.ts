import type { StoredEvent } from "@eventfold/types";
import { positionsAllowedBy } from "./condition-positions.ts";
import { isAllowed } from "./storage/allowed-positions.ts";
import type { WriteCondition } from "./write-condition.ts";

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
  Promise.resolve(answer).catch(() => {}); // it may be a promise; nobody waits for it, and it must not end the process
  throw new TypeError(
    `The predicate ${JSON.stringify(description)} must return a boolean, it returned ${typeof answer}.`,
  );
}
