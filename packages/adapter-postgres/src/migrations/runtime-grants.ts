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
  return [
    `grant usage on schema ${names.quotedSchema} ${to}`,
    `grant select on ${names.events}, ${names.eventTags}, ${names.settings}, ${names.migrations} ${to}`,
    ...routinesOf(names).map((routine) => `grant execute on function ${routine} ${to}`),
  ];
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
