import { type SearchPlan, type SearchStretch, searchStretches, type Translated } from "@eventfold/query";
import { type SQL, sql } from "drizzle-orm";
import type { FieldExpression } from "./field-expression.ts";
import { isNarrowed, isNarrowedToOneValue } from "./narrowing-filter.ts";
import { type OrderField, orderTerms, presentOrderTerms } from "./order-terms.ts";
import type { SqliteDialect } from "./sqlite-dialect.ts";

/** One stretch of a search's rows: which they are, and their order. */
export interface SearchPart {
  readonly condition: Translated<SQL>;
  readonly order: SQL;
  /** The index whose stretch it is, where SQLite would rather walk through all ids. */
  readonly index: string | undefined;
}

/** The stretches of a search, each with its order as SQLite finds it in an index. */
export function searchParts(plan: SearchPlan, dialect: SqliteDialect): readonly SearchPart[] {
  const { fields, index } = orderFields(plan, dialect);
  return searchStretches(plan, { fields, dialect }).map(({ condition, firstKey }) => ({
    condition,
    order: orderOf(firstKey, fields),
    index: plan.start.length === 0 ? undefined : index,
  }));
}

function orderOf(firstKey: SearchStretch<SQL>["firstKey"], fields: readonly SearchField[]): SQL {
  switch (firstKey) {
    case "any":
      return orderTerms(fields);
    case "present":
      return presentOrderTerms(fields);
    case "missing":
      return missingOrderTerms(fields);
  }
}

interface SearchField extends OrderField, FieldExpression {}

/** The fields of the order, and the index that has it. One that narrows the rows down is to be used instead of that. */
function orderFields({ order, filter }: SearchPlan, dialect: SqliteDialect) {
  const [first, ...rest] = order.map((key): SearchField => ({ ...dialect.field(key.field), ...key }));
  // An index on a path goes on with the id: rows of one value are in the order of their ids already.
  const isServed = first?.isTextColumn === true && isNarrowedToOneValue(filter, dialect);
  if (first === undefined || isServed || !isNarrowed(filter, first.index, dialect)) {
    return { fields: first === undefined ? [] : [first, ...rest], index: first?.index };
  }
  return { fields: [{ ...first, key: sql`+${first.key}` }, ...rest], index: undefined };
}

/** The order of rows without a value in its first field. */
function missingOrderTerms([, ...rest]: readonly OrderField[]): SQL {
  return rest.length === 0 ? sql.raw("p.id") : orderTerms(rest);
}
