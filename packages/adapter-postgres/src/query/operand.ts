import { type Sql, sql } from "./sql.ts";

/** A `jsonb` expression: SQL's `NULL` and JSON's `null` are a missing value. */
export interface JsonOperand {
  readonly kind: "json";
  readonly value: Sql;
  /** Its sort key, in code-point order; `NULL` for a missing value. */
  readonly key: Sql;
  /** A string's characters, in code-point order; other values' JSON. */
  readonly text: Sql;
}

/** A column of type `text collate "C"` that is never missing: the id and the name. */
export interface TextOperand {
  readonly kind: "text";
  readonly column: Sql;
}

/** A field of a query in SQL. */
export type Operand = JsonOperand | TextOperand;

/** The expression by which an operand is compared. */
export function keyOf(operand: Operand): Sql {
  return operand.kind === "text" ? operand.column : operand.key;
}

/** An operand as `jsonb`. */
export function jsonOf(operand: Operand): Sql {
  return operand.kind === "text" ? sql`to_jsonb(${operand.column})` : operand.value;
}
