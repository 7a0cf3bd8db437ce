import { type SQL, sql } from "drizzle-orm";

/** The key of every array and object. */
export const COMPOSITE: SQL = sql.raw("x'02'");

/** The first text, and so the end of all numbers. */
export const FIRST_TEXT: SQL = sql.raw("''");

/** The first blob, and so the end of all texts. */
export const FIRST_BLOB: SQL = sql.raw("x''");

const [FALSE_KEY, TRUE_KEY] = [sql.raw("x'00'"), sql.raw("x'01'")];

/** What a constant of a query is as a sort key: numbers and texts are bound. */
export function keyValue(value: string | number | boolean | object): SQL {
  if (typeof value === "boolean") return value ? TRUE_KEY : FALSE_KEY;
  return typeof value === "object" ? COMPOSITE : sql`${value}`;
}
