import { type AnyQueryFunction, type QueryFunctions, queryFunctions } from "@eventfold/query";
import { joinedSql, rawSql, Sql, sql } from "./sql.ts";

/** The SQL of a function: texts, and the values that are bound between them. */
export interface FunctionSql {
  readonly texts: readonly string[];
  readonly values: readonly unknown[];
}

/** A function of your own together with its SQL, as `functionInSql` of `@eventfold/adapter-postgres/drizzle` makes it. */
export interface FunctionInSql extends AnyQueryFunction {
  readonly inSql: FunctionSql;
}

const CALL = "eventfold_call";

/** The name that the SQL of a function has for its parameter at a place, from 0. */
export function parameterName(place: number): string {
  return `${CALL}.${parameterColumn(place)}`;
}

function parameterColumn(place: number): string {
  return `parameter${place + 1}`;
}

/**
 * The functions that queries may call: the library's, and the given ones with their SQL.
 *
 * @throws `TypeError` when two have the same name, or one has no SQL.
 */
export function functionsInSql(own: readonly AnyQueryFunction[]): QueryFunctions {
  const missing = own.find((definition) => !isInSql(definition));
  if (missing === undefined) return queryFunctions(...own);
  throw new TypeError(
    `PostgreSQL needs the function ${missing.name} in SQL: register functionInSql(${missing.name}, …) instead.`,
  );
}

/** Whether a function has its SQL. */
export function isInSql(definition: AnyQueryFunction | undefined): definition is FunctionInSql {
  return definition !== undefined && "inSql" in definition;
}

/**
 * A call of a function, as `jsonb`. The arguments are computed once, however often its SQL names them, as columns of a row whose name
 * nothing in that SQL can hide.
 */
export function callSql({ inSql, parameters, result }: FunctionInSql, values: readonly Sql[]): Sql {
  const columns = values.map((value, place) => {
    const found = parameters[place] === "path" ? sql`nullif(${value}, 'null')` : value;
    return sql`${found} as ${rawSql(parameterColumn(place))}`;
  });
  const called = new Sql(inSql.texts, inSql.values);
  return sql`(select ${AS_JSON[result](called)} from (select ${joinedSql(columns, ", ")} offset 0) ${rawSql(CALL)})`;
}

/**
 * Casts the result of a function to the kind that it declares, and then to `jsonb`: a number by its 17 digits, whatever the settings of
 * the session; a number that is not finite fails.
 */
const AS_JSON = {
  string: (value: Sql) => sql`to_jsonb((${value})::text)`,
  number: (value: Sql) => sql`to_char((${value})::float8, '9.9999999999999999EEEE')::jsonb`,
  boolean: (value: Sql) => sql`to_jsonb((${value})::boolean)`,
};
