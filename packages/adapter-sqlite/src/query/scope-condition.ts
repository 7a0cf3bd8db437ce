import type { ProjectionScope } from "@eventfold/projections";
import { type SQL, sql } from "drizzle-orm";
import type { ProjectionTables } from "./projection-tables.ts";
import { textLiteral } from "./text-literal.ts";

/** How a scope is translated. */
export interface ScopeContext {
  readonly tables: ProjectionTables;
  /** Whether indexes are declared for the name: they hold its rows only, which SQLite must read in the query. */
  readonly isIndexedName: boolean;
}

/** Which rows a reader sees: those of a version, or of the active version of each name, that were not removed. */
export function scopeCondition({ name, projectorVersion }: ProjectionScope, context: ScopeContext): SQL {
  const versions = sql.raw(context.tables.versions);
  if (name === undefined) {
    return sql`p.is_removed = 0 AND EXISTS (SELECT 1 FROM ${versions} AS v WHERE v.name = p.name AND v.active_version = p.projector_version)`;
  }
  const version =
    projectorVersion === undefined
      ? sql`(SELECT v.active_version FROM ${versions} AS v WHERE v.name = ${name})`
      : sql`${projectorVersion}`;
  return sql`p.name = ${context.isIndexedName ? textLiteral(name) : sql`${name}`} AND p.projector_version = ${version} AND p.is_removed = 0`;
}
