import type { SearchPlan } from "@eventfold/query";
import { type SQL, sql } from "drizzle-orm";
import { beyondCondition, boundCondition, type FieldBound } from "./beyond-condition.ts";
import { type FieldContext, fieldExpression } from "./field-expression.ts";
import { isNarrowed, isNarrowedToOneValue } from "./narrowing-filter.ts";
import { type OrderField, orderTerms, presentOrderTerms } from "./order-terms.ts";

/** One stretch of a search's rows: which they are, and their order. Those of a later part come after an earlier one's. */
export interface SearchPart {
  /** `undefined`: all that the filter holds for. */
  readonly condition: SQL | undefined;
  readonly order: SQL;
  /** The index whose stretch it is, where SQLite would rather walk through all ids. */
  readonly index: string | undefined;
}

/**
 * The rows behind a plan's start as one or two stretches of an index: those that have a value in the first field of the
 * order, and those that have none. One condition for both would be an `OR` that no index serves.
 */
export function searchParts(plan: SearchPlan, context: FieldContext): readonly SearchPart[] {
  const { fields, index } = orderFields(plan, context);
  const bounds = plan.start.map(
    ({ value, beyond }, at): FieldBound => ({
      ...(fields[at] as OrderField),
      value,
      beyond,
    }),
  );
  const [first, ...rest] = bounds;
  if (first === undefined) return [{ condition: undefined, order: orderTerms(fields), index: undefined }];
  const { key, value, beyond, isTextColumn } = first;
  const tiedRest = beyondCondition(rest);
  const present = (condition: SQL): SearchPart => ({ condition, order: presentOrderTerms(fields), index });
  const missing = (condition: SQL): SearchPart => ({ condition, order: missingOrderTerms(fields), index });
  if (value === null) {
    const tied = missing(sql`(${key} IS NULL AND ${tiedRest})`);
    return beyond.kind === "present" ? [tied, present(sql`${key} IS NOT NULL`)] : [tied];
  }
  const later = present(boundCondition(first, tiedRest));
  const hasMissing = beyond.kind === "ordered" && beyond.orMissing && !isTextColumn;
  return hasMissing ? [later, missing(sql`${key} IS NULL`)] : [later];
}

/** The fields of the order, and the index that has it. One that narrows the rows down is to be used instead of that. */
function orderFields({ order, filter }: SearchPlan, context: FieldContext) {
  const [first, ...rest] = order.map((key) => ({ ...fieldExpression(key.field, context), ...key }));
  // An index on a path goes on with the id: rows of one value are in the order of their ids already.
  const isServed = first?.isTextColumn === true && isNarrowedToOneValue(filter, context);
  if (first === undefined || isServed || !isNarrowed(filter, first.index, context)) {
    return { fields: first === undefined ? [] : [first, ...rest], index: first?.index };
  }
  return { fields: [{ ...first, key: sql`+${first.key}` }, ...rest], index: undefined };
}

/** The order of rows without a value in its first field. */
function missingOrderTerms([, ...rest]: readonly OrderField[]): SQL {
  return rest.length === 0 ? sql.raw("p.id") : orderTerms(rest);
}
