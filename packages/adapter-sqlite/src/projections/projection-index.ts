import { createHash } from "node:crypto";
import { type Path, sortBy } from "@eventfold/query";
import { sql } from "drizzle-orm";
import type { Client } from "../connection/client.ts";
import { compiledQuery } from "../query/compiled-query.ts";
import { jsonPathOf } from "../query/json-path.ts";
import type { StateIndexes } from "../query/projection-queries.ts";
import { sortKeyExpression } from "../query/sort-key-expression.ts";
import { textLiteral } from "../query/text-literal.ts";

/** A path of the states of a projection that searches filter or sort by. */
export interface ProjectionIndex {
  /** The name of the projection. */
  readonly projection: string;
  /** A path into its state, dotted or in segments: `"state.owner.city"`. */
  readonly path: string | Path;
}

/** An index as it is created. */
export interface CheckedIndex {
  readonly projection: string;
  /** As SQLite writes paths. */
  readonly jsonPath: string;
  readonly indexName: string;
}

/**
 * Checks a declared index.
 *
 * @throws `InvalidQueryError` (`INVALID_QUERY`) when its path is malformed.
 * @throws `TypeError` when it leads elsewhere than into the state, or the name of the projection is not a text.
 */
export function checkedIndex({ projection, path }: ProjectionIndex): CheckedIndex {
  const { field } = sortBy(path as never);
  if (typeof projection !== "string" || projection === "" || projection.includes("\0")) {
    throw new TypeError("An index must name its projection.");
  }
  const [first, ...rest] = (field as Path).segments;
  if (first !== "state") throw new TypeError("Only paths into the state can have an index.");
  const jsonPath = jsonPathOf(rest);
  const digest = createHash("sha256")
    .update(JSON.stringify([projection, jsonPath]))
    .digest("hex")
    .slice(0, 16);
  return { projection, jsonPath, indexName: `eventfold_projections_on_${digest}` };
}

/** The indexes that exist in a database, of those that are declared: a search must not name any other. */
export function existingIndexes(client: Client, declared: readonly CheckedIndex[]): StateIndexes {
  const exists = client.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = ?");
  const indexes = new Map<string, Map<string, string>>();
  for (const { projection, jsonPath, indexName } of declared) {
    if (exists.get(indexName) === undefined) continue;
    indexes.set(projection, (indexes.get(projection) ?? new Map()).set(jsonPath, indexName));
  }
  return indexes;
}

/**
 * The statement that creates an index: of the rows of one projection, by version, key and id, which is the order of a
 * search sorted by the path. It says too whether one was removed: a count then needs nothing but the index.
 */
export function indexStatement({ projection, jsonPath, indexName }: CheckedIndex): string {
  const key = sortKeyExpression({ document: sql.raw("state"), path: textLiteral(jsonPath) });
  const statement = sql`CREATE INDEX IF NOT EXISTS ${sql.raw(indexName)} ON eventfold_projections (name, projector_version, is_removed, ${key}, id) WHERE name = ${textLiteral(projection)}`;
  return compiledQuery(statement).sql;
}
