import { type SQL, sql } from "drizzle-orm";

/** Where a value is in a row: a column that holds JSON text, and the path into it. */
export interface JsonPlace {
  readonly document: SQL;
  readonly path: SQL;
}

/**
 * What a JSON value is compared and sorted by. SQLite's own order of its values is that of the query language then:
 * numbers, texts, then blobs for `false`, `true` and everything that has members or elements; a missing value is `NULL`.
 *
 * Integers become doubles, which is what JSON numbers stand for: as 64 bits, 2⁶⁰ would not equal the number that
 * JavaScript prints for it.
 */
export function sortKeyExpression({ document, path }: JsonPlace): SQL {
  return sql`CASE json_type(${document}, ${path}) WHEN 'integer' THEN CAST(json_extract(${document}, ${path}) AS REAL) WHEN 'false' THEN x'00' WHEN 'true' THEN x'01' WHEN 'array' THEN x'02' WHEN 'object' THEN x'02' ELSE json_extract(${document}, ${path}) END`;
}
