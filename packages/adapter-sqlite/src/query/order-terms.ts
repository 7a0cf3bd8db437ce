import type { OrderKey } from "@eventfold/query";
import { type SQL, sql } from "drizzle-orm";
import type { FieldExpression } from "./field-expression.ts";

/** One field of an order, in SQL. */
export interface OrderField
  extends Pick<OrderKey, "direction" | "nulls">,
    Pick<FieldExpression, "key" | "isTextColumn"> {}

/**
 * The terms of `ORDER BY`. Nulls are placed only where SQLite would place them elsewhere and there can be some: an index
 * has the order as it is then.
 */
export function orderTerms(fields: readonly OrderField[]): SQL {
  return sql.join(
    fields.map(({ key, direction, nulls, isTextColumn }) => {
      const isNatural = isTextColumn || (direction === "asc") === (nulls === "first");
      const placement = isNatural ? "" : ` NULLS ${nulls.toUpperCase()}`;
      return sql`${key} ${sql.raw(direction.toUpperCase() + placement)}`;
    }),
    sql.raw(", "),
  );
}

/** The order of rows that all have a value in its first field. */
export function presentOrderTerms([first, ...rest]: readonly OrderField[]): SQL {
  if (first === undefined) return sql.raw("p.id");
  return orderTerms([{ ...first, nulls: first.direction === "asc" ? "first" : "last" }, ...rest]);
}
