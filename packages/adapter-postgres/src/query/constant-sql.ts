import { type SQL, sql } from "drizzle-orm";

/** Holds for every row. */
export const ALWAYS: SQL = sql`true`;

/** Holds for no row. */
export const NEVER: SQL = sql`false`;

/** All of these, without those that always hold. */
export function allOf(conditions: readonly SQL[]): SQL {
  const parts = conditions.filter((condition) => condition !== ALWAYS);
  if (parts.includes(NEVER)) return NEVER;
  return parts.length === 0 ? ALWAYS : joined(parts, sql` and `);
}

/** One of these, without those that never hold. */
export function anyOf(conditions: readonly SQL[]): SQL {
  const parts = conditions.filter((condition) => condition !== NEVER);
  if (parts.includes(ALWAYS)) return ALWAYS;
  return parts.length === 0 ? NEVER : joined(parts, sql` or `);
}

function joined(parts: readonly SQL[], separator: SQL): SQL {
  const [only] = parts;
  return only !== undefined && parts.length === 1 ? only : sql`(${sql.join([...parts], separator)})`;
}
