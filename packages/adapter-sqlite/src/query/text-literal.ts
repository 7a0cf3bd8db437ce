import { type SQL, sql } from "drizzle-orm";

/**
 * A text as a literal of SQL, for the two places where SQLite matches the words of an index instead of its values: the
 * paths and names that are declared with the adapter. SQLite knows one special character in a literal, the quote.
 *
 * @throws `TypeError` for a text with a NUL character, which would end the statement.
 */
export function textLiteral(text: string): SQL {
  if (text.includes("\0")) throw new TypeError("A text with a NUL character cannot be an SQL literal.");
  return sql.raw(`'${text.replaceAll("'", "''")}'`);
}
