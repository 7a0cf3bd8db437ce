import { escapeIdentifier } from "pg";
import type { ProjectionLocation } from "../projection-location.ts";
import { projectionNames } from "../projection-names.ts";

/** The role and the projections of {@link projectionGrants}. */
export interface ProjectionGrantOptions extends ProjectionLocation {
  /** The role that the application runs under. */
  readonly role: string;
}

/**
 * The statements that give a role the rights that an application needs for projections at run time. The owner of the projections
 * runs them. The role may then read, save and delete projections, but not change tables, indexes or the record of migrations.
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
