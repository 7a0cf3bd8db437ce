import { escapeIdentifier } from "pg";
import type { LogLocation } from "../naming/log-location.ts";
import { type LogNames, logNames } from "../naming/log-names.ts";

/** The role and the log of {@link runtimeGrants}. */
export interface RuntimeGrantOptions extends LogLocation {
  /** The role that the application runs under. */
  readonly role: string;
}

/**
 * The statements that give a role the rights that an application needs at run time. The owner of the log runs them. The role
 * may then read the tables and execute the functions that publish, but not insert, change, delete or create.
 *
 * @throws `RangeError` when a name cannot be quoted or is too long.
 *
 * @example
 * ```ts
 * for (const grant of runtimeGrants({ role: "app" })) await pool.query(grant);
 * ```
 */
export function runtimeGrants({ role, ...location }: RuntimeGrantOptions): readonly string[] {
  const names = logNames(location);
  const to = `to ${escapeIdentifier(role)}`;
  const { tables, routines } = runtimePrivileges(names);
  return [
    `grant usage on schema ${names.quotedSchema} ${to}`,
    `grant select on ${tables.join(", ")} ${to}`,
    ...routines.map((routine) => `grant execute on function ${routine} ${to}`),
  ];
}

/** What an application uses at run time. */
export interface RuntimePrivileges {
  /** The tables that it reads. */
  readonly tables: readonly string[];
  /** The functions that it executes. */
  readonly routines: readonly string[];
}

/** The tables and functions of a log that an application needs rights on. */
export function runtimePrivileges(names: LogNames): RuntimePrivileges {
  return { tables: [names.events, names.eventTags, names.settings, names.migrations], routines: routinesOf(names) };
}

function routinesOf(names: LogNames): readonly string[] {
  const writing = [names.append, names.appendStream, names.appendOne, names.appendFirst, names.appendSingles];
  const writingTagged = [names.appendTagged, names.appendOneTagged, names.appendFirstTagged];
  const reading = [names.categoryPage, names.streamPosition, names.waitForWriters, names.settled, names.news];
  const querying = [
    names.queryPage,
    names.itemPage,
    names.sourcePage,
    names.commonPage,
    names.shortList,
    names.isWanted,
  ];
  return [...writing, ...writingTagged, ...reading, ...querying];
}
