import { escapeIdentifier } from "pg";
import type { ProjectionLocation } from "../projection-location.ts";
import { projectionNames } from "../projection-names.ts";

/** The role and the projections of {@link projectionGrants}. */
export interface ProjectionGrantOptions extends ProjectionLocation {
  /** The role that the application runs under. */
  readonly role: string;
}

/**
 * The statements that give a role what an application needs of projections at run time, to be run by their owner: it may read,
 * save and delete projections, and has no right to change tables, indexes or what was migrated.
 *
 * @throws `RangeError` when a name cannot be quoted or is too long.
 *
 * @example
 * ```ts
 * for (const grant of projectionGrants({ role: "app" })) await pool.query(grant);
 * ```
 */
export function projectionGrants({ role, ...location }: ProjectionGrantOptions): readonly string[] {
  const names = projectionNames(location);
  const to = `to ${escapeIdentifier(role)}`;
  return [
    `grant usage on schema ${names.quotedSchema} ${to}`,
    `grant select, insert, update, delete on ${names.projections}, ${names.versions}, ${names.completeness} ${to}`,
    `grant select on ${names.migrations} ${to}`,
  ];
}
