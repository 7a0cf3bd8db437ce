import { BUILT_IN_FUNCTIONS, type Clause, planCount, translatedFilter } from "@eventfold/query";
import { sql } from "drizzle-orm";
import { type CompiledQuery, compiledQuery } from "../../src/query/compiled-query.ts";
import { SqliteDialect } from "../../src/query/sqlite-dialect.ts";

/** The SQL of one clause, without indexes. */
export function conditionOf(clause: Clause): CompiledQuery {
  const dialect = new SqliteDialect({ functions: BUILT_IN_FUNCTIONS, indexes: new Map() });
  const condition = translatedFilter(planCount({ filters: [clause] }), dialect);
  return compiledQuery(typeof condition === "boolean" ? sql.raw(String(condition).toUpperCase()) : condition);
}
