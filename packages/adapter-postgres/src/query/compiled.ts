import type { Statement } from "../connection/statement.ts";
import { Sql } from "./sql.ts";

/** A cast that alone determines the type of a parameter. */
const CAST = /^::(?:text|int|integer|bigint|float8|boolean|jsonb)(?:\[\])?(?![a-z0-9_])/;

/**
 * The statement of a piece of SQL. Equal values of one type become one parameter, because a query of 500 clauses repeats the
 * names in its paths often enough to exceed the 65,535 parameters that the protocol allows. The statement is not prepared
 * under a name: an index belongs to one path, so its plan must depend on the values.
 */
export function compiled(query: Sql): Statement {
  const values: unknown[] = [];
  const places = new Map<string, number>();
  const placeOf = (value: unknown, following: string): number => {
    const cast = CAST.exec(following)?.[0];
    if (cast === undefined) return values.push(value);
    const identity = `${cast} ${JSON.stringify(value)}`;
    const known = places.get(identity);
    if (known !== undefined) return known;
    const place = values.push(value);
    places.set(identity, place);
    return place;
  };
  const textOf = ({ texts, between }: Sql): string => {
    let text = texts[0] ?? "";
    for (const [index, piece] of between.entries()) {
      const following = texts[index + 1] ?? "";
      text += (piece instanceof Sql ? textOf(piece) : `$${placeOf(piece, following)}`) + following;
    }
    return text;
  };
  return { text: textOf(query), values, isOneOff: true };
}
