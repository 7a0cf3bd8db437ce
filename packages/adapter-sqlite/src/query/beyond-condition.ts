import type { KeyBound } from "@eventfold/query";
import { type SQL, sql } from "drizzle-orm";
import type { FieldExpression } from "./field-expression.ts";
import { NEVER } from "./field-test-condition.ts";
import { keyValue } from "./key-value.ts";

/** Where a page starts in one field. */
export interface FieldBound extends Pick<KeyBound, "value" | "beyond">, Pick<FieldExpression, "key" | "isTextColumn"> {}

/** Values at the bound or beyond it: the first comparison is what the index is entered by. */
export function boundCondition({ key, value, beyond }: FieldBound, tiedRest: SQL): SQL {
  const bound = keyValue(value ?? "");
  const isGreater = beyond.kind === "ordered" && beyond.comparison === "greater";
  const [reached, passed] = isGreater ? [sql.raw(">="), sql.raw(">")] : [sql.raw("<="), sql.raw("<")];
  if (tiedRest === NEVER) return sql`${key} ${passed} ${bound}`;
  return sql`(${key} ${reached} ${bound} AND (${key} ${passed} ${bound} OR ${tiedRest}))`;
}

/** Rows that lie beyond one of the bounds, and tie with all those before it. */
export function beyondCondition(bounds: readonly FieldBound[]): SQL {
  return bounds.reduceRight<SQL>((tiedRest, bound) => {
    const { key, value } = bound;
    if (tiedRest === NEVER) return beyondOne(bound);
    const tie = value === null ? sql`${key} IS NULL` : sql`${key} = ${keyValue(value)}`;
    return sql`(${beyondOne(bound)} OR (${tie} AND ${tiedRest}))`;
  }, NEVER);
}

function beyondOne({ key, isTextColumn, beyond }: FieldBound): SQL {
  switch (beyond.kind) {
    case "nothing":
      return NEVER;
    case "present":
      return sql`${key} IS NOT NULL`;
    case "ordered": {
      const comparison = sql.raw(beyond.comparison === "greater" ? ">" : "<");
      const passed = sql`${key} ${comparison} ${keyValue(beyond.value)}`;
      return beyond.orMissing && !isTextColumn ? sql`(${passed} OR ${key} IS NULL)` : passed;
    }
  }
}
