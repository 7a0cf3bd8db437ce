import { createHash } from "node:crypto";
import type { Path } from "@eventfold/query";
import { printPath, sortBy } from "@eventfold/query";
import { escapeIdentifier, escapeLiteral } from "pg";
import { compiled } from "../../query/compiled.ts";
import { operandsOf } from "../../query/field-operand.ts";
import { rawSql } from "../../query/sql.ts";
import type { ProjectionLocation } from "../projection-location.ts";
import { type ProjectionNames, projectionNames } from "../projection-names.ts";

/** A path that searches of a projection filter or sort by, to be indexed. */
export interface ProjectionIndex {
  /** The name of the projection. */
  readonly projection: string;
  /** The path: `"state.owner.city"`, or what `path` makes. */
  readonly path: string | Path;
}

/** The projections, and the paths in them, that {@link projectionIndexes} are for. */
export interface ProjectionIndexOptions extends ProjectionLocation {
  readonly indexes: readonly ProjectionIndex[];
  /**
   * Builds them without holding back writers, which needs each statement to run outside a transaction. Default:
   * `false`.
   */
  readonly concurrently?: boolean | undefined;
}

/**
 * The statements that create indexes on paths, for those who run migrations themselves. Each index serves filters, sorts in
 * both directions with missing values at either end, and keyset pages. It holds only the projections of one name, and every
 * save of one of those has to write one more entry.
 *
 * @throws `InvalidQueryError` (`INVALID_QUERY`) for what is not a path, `RangeError` for a path that needs no index.
 *
 * @example
 * ```ts
 * const indexes = [{ projection: "account", path: "state.owner.city" }];
 * for (const statement of projectionIndexes({ indexes, concurrently: true })) await pool.query(statement);
 * ```
 */
export function projectionIndexes({
  indexes,
  concurrently = false,
  ...location
}: ProjectionIndexOptions): readonly string[] {
  const names = projectionNames(location);
  const create = `create index ${concurrently ? "concurrently " : ""}if not exists`;
  return indexes.map((index) => {
    const { name, definition } = indexDefinition(names, index);
    return `${create} ${escapeIdentifier(name)} ${definition}`;
  });
}

/** The name of an index, unquoted, and what follows it in the statement that creates it. */
export interface IndexDefinition {
  readonly name: string;
  readonly definition: string;
}

/** How the index of a path is defined. Its name follows from the projection and the path. */
export function indexDefinition(names: ProjectionNames, { projection, path }: ProjectionIndex): IndexDefinition {
  const { field } = sortBy(path as string);
  if (field.kind !== "path") throw new RangeError("An index must be on a path.");
  const segment = (value: string | number) =>
    rawSql(typeof value === "number" ? `${value}` : `${escapeLiteral(value)}::text`);
  const operand = operandsOf({ names, row: "", segment })(field);
  if (operand.kind !== "json") throw new RangeError(`${printPath(field)} needs no index of its own.`);
  const { text: key } = compiled(operand.key);
  const hash = createHash("sha256")
    .update(JSON.stringify([projection, field.segments]))
    .digest("hex")
    .slice(0, 16);
  return {
    name: `${names.projectionsTable}_path_${hash}`,
    definition: `on ${names.projections} (projector_version, (${key}), id) where name = ${escapeLiteral(projection)} and not is_removed`,
  };
}
