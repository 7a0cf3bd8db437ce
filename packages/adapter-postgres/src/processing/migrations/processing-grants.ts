import { escapeIdentifier } from "pg";
import type { ProcessingLocation } from "../processing-location.ts";
import { processingNames } from "../processing-names.ts";

/** The role and the processing of {@link processingGrants}. */
export interface ProcessingGrantOptions extends ProcessingLocation {
  /** The role that the application runs under. */
  readonly role: string;
}

/**
 * The statements that give a role the rights that an application needs for processing at run time. The owner of the tables runs
 * them. The role may then read the tables and execute the functions that the adapter calls, but not insert, change, delete or create.
 *
 * @throws `RangeError` when a name cannot be quoted or is too long.
 *
 * @example
 * ```ts
 * for (const grant of processingGrants({ role: "app" })) await pool.query(grant);
 * ```
 */
export function processingGrants({ role, ...location }: ProcessingGrantOptions): readonly string[] {
  const { quotedSchema, tables, routines } = processingNames(location);
  const to = `to ${escapeIdentifier(role)}`;
  return [
    `grant usage on schema ${quotedSchema} ${to}`,
    `grant select on ${Object.values(tables).join(", ")} ${to}`,
    ...Object.values(routines).map((routine) => `grant execute on function ${routine} ${to}`),
  ];
}
