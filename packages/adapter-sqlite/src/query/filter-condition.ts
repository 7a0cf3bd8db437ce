import type { NormalFilter } from "@eventfold/query";
import { type SQL, sql } from "drizzle-orm";
import { type FieldContext, fieldExpression } from "./field-expression.ts";
import { fieldTestCondition } from "./field-test-condition.ts";

/**
 * A filter as a condition of SQL. Negation stands at the tests only, so that positive ones are bare, which lets SQLite use
 * an index, and negative ones count `NULL` as not holding.
 *
 * @throws `InvalidQueryError` (`INVALID_QUERY`) when it calls a function that is not registered.
 */
export function filterCondition(filter: NormalFilter, context: FieldContext): SQL {
  switch (filter.kind) {
    case "constant":
      return sql.raw(filter.holds ? "TRUE" : "FALSE");
    case "all":
    case "any": {
      const parts = filter.filters.map((part) => filterCondition(part, context));
      return sql`(${sql.join(parts, sql.raw(filter.kind === "all" ? " AND " : " OR "))})`;
    }
    case "test": {
      const condition = fieldTestCondition(fieldExpression(filter.field, context), filter.test);
      return filter.isNegated ? sql`(${condition}) IS NOT TRUE` : condition;
    }
  }
}
