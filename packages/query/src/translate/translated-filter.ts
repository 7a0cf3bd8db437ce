import { canonicalJson } from "../cursor/canonical-json.ts";
import type { NormalFilter, OneOfTest, PresentValue, TestFilter } from "../plan/normal-filter.ts";
import type { FilterPlan } from "../plan/plan-query.ts";
import { allHold, oneHolds, type Translated } from "./condition.ts";
import type { Dialect } from "./dialect.ts";
import { type PossibleValues, possibleValues } from "./possible-values.ts";

/**
 * The filter of a plan as a condition of a database; a boolean if every document gives the same answer. Positive tests
 * are used as they are, so that an index can serve them.
 *
 * @throws `InvalidQueryError` (`INVALID_QUERY`) for a function that the database cannot compute.
 *
 * @example
 * ```ts
 * const condition = translatedFilter(planCount({ filters: [] }), dialect);
 * ```
 */
export function translatedFilter<TField, T>(plan: FilterPlan, dialect: Dialect<TField, T>): Translated<T> {
  const translated = (filter: NormalFilter): Translated<T> => {
    switch (filter.kind) {
      case "constant":
        return filter.holds;
      case "all":
        return allHold(filter.filters.map(translated), dialect);
      case "any":
        return oneHolds(filter.filters.map(translated), dialect);
      case "test": {
        const holds = translatedTest(filter, possibleValues(filter.field, plan.functions), dialect);
        if (!filter.isNegated) return holds;
        return typeof holds === "boolean" ? !holds : dialect.not(holds);
      }
    }
  };
  return translated(plan.filter);
}

function translatedTest<TField, T>(
  { field: asked, test }: TestFilter,
  { types, canBeMissing }: PossibleValues,
  dialect: Dialect<TField, T>,
): Translated<T> {
  const field = dialect.field(asked);
  switch (test.kind) {
    case "missing":
      return canBeMissing && dialect.isMissing(field);
    case "equal":
      return types.has(typeOf(test.value)) && equal(field, test.value, dialect);
    case "order":
      return types.has(typeOf(test.value)) && dialect.compares(field, test.comparison, test.value);
    case "one_of": {
      const found = oneOf(field, possible(test, types), dialect);
      return oneHolds([...found, test.orMissing && canBeMissing && dialect.isMissing(field)], dialect);
    }
    case "contains":
      return types.has("object") && dialect.contains(field, test.value);
    case "text":
      return types.has("string") && dialect.containsText(field, test.text);
    case "prefix":
      return types.has("string") && dialect.startsWith(field, test.prefix);
    case "regex":
      return types.has("string") && dialect.matches(field, test.regex);
  }
}

function typeOf(value: PresentValue): "string" | "number" | "boolean" | "object" {
  return typeof value as "string" | "number" | "boolean" | "object";
}

function possible({ values }: OneOfTest, types: PossibleValues["types"]): readonly PresentValue[] {
  return values.filter((value) => types.has(typeOf(value)));
}

function equal<TField, T>(field: TField, value: PresentValue, dialect: Dialect<TField, T>): T {
  if (typeof value === "object") return dialect.equalsComposite(field, canonicalJson(value));
  return dialect.equals(field, value);
}

function oneOf<TField, T>(field: TField, values: readonly PresentValue[], dialect: Dialect<TField, T>): readonly T[] {
  if (values.length === 0) return [];
  const scalars = values.filter((value) => typeof value !== "object");
  const composites = values.filter((value) => typeof value === "object").map(canonicalJson);
  return dialect.equalsOneOf(field, { scalars, composites });
}
