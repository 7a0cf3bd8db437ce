import { functionInSql } from "@eventfold/adapter-postgres/drizzle";
import type { FunctionInSql } from "@eventfold/adapter-postgres/projections";
import type { AnyQueryFunction } from "@eventfold/query";
import { suiteFunctions } from "@eventfold/testing";
import { sql } from "drizzle-orm";

const { scaled, joined, missing } = suiteFunctions;

const inSql: readonly FunctionInSql[] = [
  functionInSql(
    scaled,
    (value, factor) => sql`case jsonb_typeof(${value}) when 'number' then (${value} #>> '{}')::float8 * ${factor} end`,
  ),
  functionInSql(
    joined,
    (left, separator, right) =>
      sql`case when jsonb_typeof(${left}) = ${"string"} and jsonb_typeof(${right}) = ${"string"} then (${left} #>> '{}') || ${separator} || (${right} #>> '{}') end`,
  ),
  functionInSql(missing, (value, isAsked) => sql`(${value} is null) = ${isAsked}`),
];

/** The suite's functions with their SQL. */
export function suiteFunctionsInSql(functions: readonly AnyQueryFunction[]): readonly FunctionInSql[] {
  return functions.map(({ name }) => {
    const found = inSql.find((each) => each.name === name);
    if (found === undefined) throw new Error(`There is no SQL for ${name}.`);
    return found;
  });
}
