import type { StoredEvent, WriteCondition } from "@eventfold/store";

/** A write condition as plain data. The answers of a predicate are noted separately, under its number. */
export type RecordedCondition =
  | { readonly kind: "no-condition" | "stream-is-empty" | "stream-exists" }
  | { readonly kind: "position-is"; readonly position: number }
  | { readonly kind: "all-of" | "any-of"; readonly conditions: readonly RecordedCondition[] }
  | { readonly kind: "not"; readonly condition: RecordedCondition }
  | { readonly kind: "predicate"; readonly description: string; readonly predicate: number };

/** What a predicate answered about the latest event of a stream. */
export interface PredicateAnswer {
  /** The number of the predicate within its publish. */
  readonly predicate: number;
  /** The position of the event that it was asked about; −1 for an empty stream. */
  readonly latestPosition: number;
  readonly holds: boolean;
}

/** A condition in two forms: as data, and for the store, with predicates that note what they answer. */
export interface NotedCondition {
  readonly recorded: RecordedCondition;
  readonly condition: WriteCondition;
}

/** Makes the two forms of a condition. Predicates are numbered on from those that `noted` has already. */
export function notedCondition(condition: WriteCondition, noted: NotedPredicates): NotedCondition {
  switch (condition.kind) {
    case "all-of":
    case "any-of": {
      const parts = condition.conditions.map((each) => notedCondition(each, noted));
      return {
        recorded: { kind: condition.kind, conditions: parts.map(({ recorded }) => recorded) },
        condition: { kind: condition.kind, conditions: parts.map((part) => part.condition) },
      };
    }
    case "not": {
      const part = notedCondition(condition.condition, noted);
      return {
        recorded: { kind: "not", condition: part.recorded },
        condition: { kind: "not", condition: part.condition },
      };
    }
    case "predicate": {
      const predicate = noted.nextNumber();
      const { description } = condition;
      const test = (latest: StoredEvent | undefined): boolean => {
        const holds = condition.test(latest);
        noted.answers.push({ predicate, latestPosition: latest?.position ?? -1, holds });
        return holds;
      };
      return { recorded: { kind: "predicate", description, predicate }, condition: { ...condition, test } };
    }
    default:
      return { recorded: condition, condition };
  }
}

/** The predicates of one publish, numbered, and what they answered. */
export class NotedPredicates {
  readonly answers: PredicateAnswer[] = [];
  #count = 0;

  nextNumber(): number {
    this.#count += 1;
    return this.#count;
  }
}

/**
 * Whether a condition holds of a stream whose latest event is at this position, −1 for an empty stream. `undefined`
 * if that depends on a predicate that was never asked about this position.
 */
export function recordedConditionHolds(
  condition: RecordedCondition,
  latestPosition: number,
  answers: readonly PredicateAnswer[],
): boolean | undefined {
  const holds = (each: RecordedCondition) => recordedConditionHolds(each, latestPosition, answers);
  switch (condition.kind) {
    case "no-condition":
      return true;
    case "stream-is-empty":
      return latestPosition === -1;
    case "stream-exists":
      return latestPosition >= 0;
    case "position-is":
      return latestPosition === condition.position;
    case "all-of":
      return every(condition.conditions.map(holds));
    case "any-of":
      return negated(every(condition.conditions.map((each) => negated(holds(each)))));
    case "not":
      return negated(holds(condition.condition));
    case "predicate":
      return answers.find(
        (answer) => answer.predicate === condition.predicate && answer.latestPosition === latestPosition,
      )?.holds;
  }
}

function every(values: readonly (boolean | undefined)[]): boolean | undefined {
  if (values.includes(false)) return false;
  return values.includes(undefined) ? undefined : true;
}

function negated(value: boolean | undefined): boolean | undefined {
  return value === undefined ? undefined : !value;
}

/** A condition as a person would write it. */
export function printCondition(condition: RecordedCondition): string {
  switch (condition.kind) {
    case "no-condition":
      return "noCondition()";
    case "stream-is-empty":
      return "streamIsEmpty()";
    case "stream-exists":
      return "streamExists()";
    case "position-is":
      return `positionIs(${condition.position})`;
    case "all-of":
      return `allOf(${condition.conditions.map(printCondition).join(", ")})`;
    case "any-of":
      return `anyOf(${condition.conditions.map(printCondition).join(", ")})`;
    case "not":
      return `not(${printCondition(condition.condition)})`;
    case "predicate":
      return `predicate(${JSON.stringify(condition.description)})`;
  }
}
