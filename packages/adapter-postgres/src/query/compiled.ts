import type { SQL } from "drizzle-orm";
import { PgDialect } from "drizzle-orm/pg-core";
import type { Statement } from "../connection/statement.ts";

const dialect = new PgDialect();

/** A parameter with the type it is cast to, or a quoted name, which may hold anything. */
const PARAMETER = /"(?:[^"]|"")*"|\$(\d+)(::[a-z0-9]+(?:\[\])?)?/g;

/**
 * The statement of a drizzle value. Equal values of one type are one parameter: a query of 500 clauses repeats the names in
 * its paths often enough to exceed the 65,535 that the protocol has. It is not prepared under a name: its plan must
 * depend on the values, for an index belongs to one path.
 */
export function compiled(query: SQL): Statement {
  const { sql, params } = dialect.sqlToQuery(query);
  const values: unknown[] = [];
  const places = new Map<string, number>();
  const text = sql.replace(PARAMETER, (found, place: string | undefined, cast = "") => {
    if (place === undefined) return found;
    const value = params[Number(place) - 1];
    const identity = `${cast} ${JSON.stringify(value)}`;
    const known = places.get(identity);
    if (known !== undefined) return `$${known}${cast}`;
    places.set(identity, values.push(value));
    return `$${values.length}${cast}`;
  });
  return { text, values, isOneOff: true };
}
