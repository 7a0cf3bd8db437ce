import type { JsonValue } from "@eventfold/types";
import type { Clause, FilterClause } from "../clauses/clause.ts";
import { COMPARISON_OF } from "../clauses/operator.ts";
import { foldCase, foldedFunction } from "../functions/folded-function.ts";
import type { Scalar } from "../functions/query-function.ts";
import { parseRegex } from "../regex/parse-regex.ts";
import type { ConstantFilter, FieldTest, NormalFilter, PresentValue } from "./normal-filter.ts";

const ALWAYS: ConstantFilter = Object.freeze({ kind: "constant", holds: true });
const NEVER: ConstantFilter = Object.freeze({ kind: "constant", holds: false });

/**
 * Brings filters, all of which must hold, into normal form. They must have been parsed: nothing is checked here.
 *
 * @example
 * ```ts
 * normalizeFilters([not(filter("state.a", "not_equal", 1))]);
 * // { kind: "test", field, isNegated: false, test: { kind: "equal", value: 1 } }
 * ```
 */
export function normalizeFilters(clauses: readonly Clause<unknown>[]): NormalFilter {
  return combined(
    "all",
    clauses.map((clause) => normalized(clause, false)),
  );
}

function normalized(clause: Clause<unknown>, isNegated: boolean): NormalFilter {
  switch (clause.kind) {
    case "not":
      return normalized(clause.clause, !isNegated);
    case "and":
    case "or": {
      const kind = (clause.kind === "and") === isNegated ? "any" : "all";
      return combined(
        kind,
        clause.clauses.map((inner) => normalized(inner, isNegated)),
      );
    }
    case "filter":
      return normalizedTest(clause, isNegated);
  }
}

/** Joins parts of the same kind into one and leaves out what decides nothing. */
function combined(kind: "all" | "any", parts: readonly NormalFilter[]): NormalFilter {
  const [neutral, decisive] = kind === "all" ? [ALWAYS, NEVER] : [NEVER, ALWAYS];
  const filters = parts
    .flatMap((part) => (part.kind === kind ? part.filters : part))
    .filter((part) => part !== neutral);
  if (filters.includes(decisive)) return decisive;
  const [first] = filters;
  if (first === undefined) return neutral;
  return filters.length === 1 ? first : Object.freeze({ kind, filters: Object.freeze(filters) });
}

const NEGATIVES: ReadonlySet<string> = new Set(["not_equal", "not_in", "not_regex_matches", "exists"]);

function normalizedTest(clause: FilterClause<unknown>, isOutsideNegated: boolean): NormalFilter {
  const isNegated = NEGATIVES.has(clause.operator) !== isOutsideNegated;
  const test = Object.freeze(testOf(clause));
  const isImpossible = test.kind === "one_of" && test.values.length === 0 && !test.orMissing;
  if (isImpossible) return isNegated ? ALWAYS : NEVER;
  return Object.freeze({ kind: "test", field: clause.field, isNegated, test });
}

function testOf(clause: FilterClause<unknown>): FieldTest {
  const { operator, value = null } = isFolded(clause) ? { ...clause, value: foldedOperand(clause.value) } : clause;
  switch (operator) {
    case "exists":
      return { kind: "missing" };
    case "equal":
    case "not_equal":
      return value === null ? { kind: "missing" } : { kind: "equal", value };
    case "in":
    case "not_in":
      return oneOf(value as readonly JsonValue[]);
    case "contains":
      return { kind: "contains", value };
    case "contains_text":
      return { kind: "text", text: value as string };
    case "starts_with":
      return { kind: "prefix", prefix: value as string };
    case "regex_matches":
    case "not_regex_matches":
      return { kind: "regex", regex: parseRegex(value as string) };
    default:
      return { kind: "order", comparison: COMPARISON_OF[operator], value: value as Scalar };
  }
}

/** A folded text might never equal an unfolded one, so the texts that it is compared with are folded too, but not patterns. */
function isFolded({ field, operator }: FilterClause<unknown>): boolean {
  const isPattern = operator === "regex_matches" || operator === "not_regex_matches";
  return field.kind === "function" && field.name === foldedFunction.name && !isPattern;
}

function foldedOperand(value: JsonValue = null): JsonValue {
  if (Array.isArray(value)) return value.map((each) => (typeof each === "string" ? foldCase(each) : each));
  return typeof value === "string" ? foldCase(value) : value;
}

function oneOf(list: readonly JsonValue[]): FieldTest {
  const values = list.filter((value): value is PresentValue => value !== null);
  return { kind: "one_of", values: Object.freeze(values), orMissing: values.length < list.length };
}
