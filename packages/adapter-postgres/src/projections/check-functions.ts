import type { QueryFunctions } from "@eventfold/query";
import type { ClientBase } from "pg";
import { sqlstateOf } from "../errors/sqlstate.ts";
import { compiled } from "../query/compiled.ts";
import { callSql, isInSql } from "../query/function-in-sql.ts";
import { sql } from "../query/sql.ts";

const MISSING = {
  path: sql`null::jsonb`,
  string: sql`null::text`,
  number: sql`null::float8`,
  boolean: sql`null::boolean`,
};

/** The classes of errors that a statement can have before it is run. */
const CANNOT_BE_PARSED = /^(?:0A|22|3F|42|54)/;

/**
 * Has the server parse the SQL of each function, without running it.
 *
 * @throws `TypeError` for SQL that it cannot parse. Everything else that the driver throws is not translated.
 */
export async function checkFunctions(client: ClientBase, functions: QueryFunctions): Promise<void> {
  for (const definition of functions.values()) {
    if (!isInSql(definition)) continue;
    const missing = definition.parameters.map((kind) => MISSING[kind]);
    const { text } = compiled(sql`select ${callSql(definition, missing)}`);
    try {
      await client.query(`prepare eventfold_function as ${text}; deallocate eventfold_function`);
    } catch (error) {
      if (!CANNOT_BE_PARSED.test(sqlstateOf(error) ?? "")) throw error;
      const { message } = error as Error;
      throw new TypeError(`PostgreSQL cannot parse the function ${definition.name}: ${message}.`, { cause: error });
    }
  }
}
