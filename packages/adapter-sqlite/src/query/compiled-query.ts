import type { SQL } from "drizzle-orm";
import { SQLiteSyncDialect } from "drizzle-orm/sqlite-core";

/** SQL text with `?` for each value, and the values in their order. */
export interface CompiledQuery {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

const dialect = new SQLiteSyncDialect();

/** Writes a drizzle `SQL` value as SQLite reads it. Only texts and numbers are ever bound. */
export function compiledQuery(query: SQL): CompiledQuery {
  const { sql, params } = dialect.sqlToQuery(query);
  return { sql, values: params as (string | number)[] };
}
