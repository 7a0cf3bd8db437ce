import type { KeyBound, OrderKey, SearchPlan } from "@eventfold/query";
import { type SQL, sql } from "drizzle-orm";
import { type FieldContext, fieldExpression } from "./field-expression.ts";
import { NEVER } from "./field-test-condition.ts";
import { keyValue } from "./key-value.ts";

/** One stretch of a search's rows: which they are, and their order. The rows of a later part come after those of an earlier one. */
export interface SearchPart {
  /** `undefined`: all that the filter holds for. */
  readonly condition: SQL | undefined;
  readonly order: SQL;
}

/**
 * The rows behind a plan's start as one or two stretches of an index: those that have a value in the first field of the
 * order, and those that have none. One condition for both would be an `OR` that no index serves.
 */
export function searchParts({ start, order }: SearchPlan, context: FieldContext): readonly SearchPart[] {
  const [first, ...rest] = start;
  if (first === undefined) return [{ condition: undefined, order: orderTerms(order, context) }];
  const { key } = fieldExpression(first.key.field, context);
  const missing = (condition: SQL | undefined): SearchPart => ({
    condition: condition === undefined ? sql`${key} IS NULL` : sql`(${key} IS NULL AND ${condition})`,
    order: order.length > 1 ? orderTerms(order.slice(1), context) : sql.raw("p.id"),
  });
  const present = (condition: SQL): SearchPart => ({ condition, order: orderTerms(order, context, true) });
  const { value, beyond } = first;
  const tiedRest = beyondAll(rest, context);
  if (value === null) {
    const tied = missing(tiedRest);
    return beyond.kind === "present" ? [tied, present(sql`${key} IS NOT NULL`)] : [tied];
  }
  const later = present(boundCondition(key, first, tiedRest));
  return beyond.kind === "ordered" && beyond.orMissing && !isTextColumn(first.key, context)
    ? [later, missing(undefined)]
    : [later];
}

/** Values at the bound or beyond it: the first comparison is what the index is entered by. */
function boundCondition(key: SQL, { value, beyond }: KeyBound, tiedRest: SQL): SQL {
  const bound = keyValue(value ?? "");
  const isGreater = beyond.kind === "ordered" && beyond.comparison === "greater";
  const [reached, passed] = isGreater ? [sql.raw(">="), sql.raw(">")] : [sql.raw("<="), sql.raw("<")];
  return sql`(${key} ${reached} ${bound} AND (${key} ${passed} ${bound} OR ${tiedRest}))`;
}

/** Rows that lie beyond one of the bounds, and tie with all those before it. */
function beyondAll(bounds: readonly KeyBound[], context: FieldContext): SQL {
  return bounds.reduceRight<SQL>((tiedRest, bound) => {
    const { key } = fieldExpression(bound.key.field, context);
    const tie = bound.value === null ? sql`${key} IS NULL` : sql`${key} = ${keyValue(bound.value)}`;
    return sql`(${beyondOne(key, bound)} OR (${tie} AND ${tiedRest}))`;
  }, NEVER);
}

function beyondOne(key: SQL, { beyond }: KeyBound): SQL {
  switch (beyond.kind) {
    case "nothing":
      return NEVER;
    case "present":
      return sql`${key} IS NOT NULL`;
    case "ordered": {
      const comparison = sql.raw(beyond.comparison === "greater" ? ">" : "<");
      const passed = sql`${key} ${comparison} ${keyValue(beyond.value)}`;
      return beyond.orMissing ? sql`(${passed} OR ${key} IS NULL)` : passed;
    }
  }
}

/**
 * The terms of `ORDER BY`. Nulls are placed only where SQLite would place them elsewhere and there can be some: in a part
 * without them the index has the order as it is.
 */
function orderTerms(order: readonly OrderKey[], context: FieldContext, isFirstPresent = false): SQL {
  const terms = order.map((key, index) => {
    const mayBeMissing = !isTextColumn(key, context) && !(isFirstPresent && index === 0);
    return orderTerm(key, mayBeMissing, context);
  });
  return sql.join(terms, sql.raw(", "));
}

function orderTerm({ field, direction, nulls }: OrderKey, mayBeMissing: boolean, context: FieldContext): SQL {
  const isNatural = (direction === "asc") === (nulls === "first");
  const placement = !mayBeMissing || isNatural ? "" : ` NULLS ${nulls.toUpperCase()}`;
  return sql`${fieldExpression(field, context).key} ${sql.raw(`${direction.toUpperCase()}${placement}`)}`;
}

function isTextColumn({ field }: OrderKey, context: FieldContext): boolean {
  return fieldExpression(field, context).isTextColumn;
}
