import type { AnyQueryFunction, ParameterKind, QueryFunction, ResultKind } from "@eventfold/query";
import { is, SQL, sql } from "drizzle-orm";
import { PgDialect } from "drizzle-orm/pg-core";
import { type FunctionInSql, parameterName } from "../query/function-in-sql.ts";

/** What a translation is given: SQL for each parameter. */
export type ParametersInSql<TParameters extends readonly ParameterKind[]> = { readonly [I in keyof TParameters]: SQL };

/**
 * A function of your own together with its SQL, to open `PostgresProjectionStorageAdapter` with; adapters that compute
 * in JavaScript take it too. It must agree with `evaluate` on every value: prove that with `checkQueryFunction` of
 * `@eventfold/testing/query-functions`.
 *
 * A path arrives as `jsonb`, `NULL` where it finds nothing or `null`; a constant as `text`, `double precision` or `boolean`. The
 * result of the SQL is cast to the kind that the function declares, `NULL` being a missing value. A number that is not finite fails
 * the query. Values that you put into the SQL are bound; the server parses the SQL when the adapter is opened.
 *
 * @throws `TypeError` when the translation returns anything but drizzle's SQL.
 *
 * @example
 * ```ts
 * const wordCount = defineFunction({
 *   name: "word_count",
 *   parameters: ["path"],
 *   result: "number",
 *   evaluate: (title) => (typeof title === "string" ? title.split(" ").length : null),
 * });
 * const projections = await PostgresProjectionStorageAdapter.open({
 *   connectionString: "postgres://localhost/app",
 *   functions: [
 *     functionInSql(
 *       wordCount,
 *       (title) => sql`case jsonb_typeof(${title}) when 'string' then length(${title} #>> '{}') - length(replace(${title} #>> '{}', ' ', '')) + 1 end`,
 *     ),
 *   ],
 * });
 * ```
 */
export function functionInSql<const TParameters extends readonly ParameterKind[], TResult extends ResultKind>(
  definition: QueryFunction<TParameters, TResult>,
  translate: (...parameters: ParametersInSql<TParameters>) => SQL,
): QueryFunction<TParameters, TResult> & FunctionInSql;
export function functionInSql(
  definition: AnyQueryFunction,
  translate: (...parameters: readonly SQL[]) => unknown,
): FunctionInSql {
  const written = translate(...definition.parameters.map((_, place) => sql.raw(parameterName(place))));
  if (!is(written, SQL)) {
    throw new TypeError(`The SQL of the function ${definition.name} must be made with drizzle's sql\`…\`.`);
  }
  const { sql: text, params } = new CuttingDialect().sqlToQuery(written);
  return Object.freeze({ ...definition, inSql: Object.freeze({ texts: text.split(CUT), values: params }) });
}

/** No SQL contains it. */
const CUT = "\0";

/** Writes a mark where a value is bound: its number depends on the statement of which the SQL becomes a part. */
class CuttingDialect extends PgDialect {
  override escapeParam(): string {
    return CUT;
  }
}
