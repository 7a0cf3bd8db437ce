import { escapeIdentifier } from "pg";
import type { KeyLocation } from "../key-location.ts";
import { keyNames } from "../key-names.ts";

/** The role and the keys of {@link keyGrants}. */
export interface KeyGrantOptions extends KeyLocation {
  /** The role that the application runs under. */
  readonly role: string;
}

/**
 * The statements that give a role the rights that an application needs for keys at run time. The owner of the tables runs them. The role may
 * then execute the functions that the adapter calls, and read which migrations were applied. It may not read the tables of keys and
 * subjects.
 *
 * @throws `RangeError` when a name cannot be quoted or is too long.
 *
 * @example
 * ```ts
 * for (const grant of keyGrants({ role: "app" })) await pool.query(grant);
 * ```
 */
export function keyGrants({ role, ...location }: KeyGrantOptions): readonly string[] {
  const { quotedSchema, tables, routines } = keyNames(location);
  const to = `to ${escapeIdentifier(role)}`;
  return [
    `grant usage on schema ${quotedSchema} ${to}`,
    `grant select on ${tables.migrations} ${to}`,
    ...Object.values(routines).map((routine) => `grant execute on function ${routine} ${to}`),
  ];
}
