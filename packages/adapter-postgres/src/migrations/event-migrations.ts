import type { OrderingGuarantee } from "@eventfold/store/adapter";
import { escapeLiteral } from "pg";
import type { LogLocation } from "../naming/log-location.ts";
import { logNames, placeholdersOf } from "../naming/log-names.ts";
import { EVENT_MIGRATIONS } from "./event-migrations.generated.ts";
import type { Migration } from "./migration.ts";
import { rendered } from "./migration.ts";

/** The log that {@link eventMigrations} are for. */
export interface EventMigrationOptions extends LogLocation {
  /** The guarantee that the log is created with. Default: `"log"`. */
  readonly orderingGuarantee?: OrderingGuarantee | undefined;
}

/**
 * The SQL of all migrations of an event log, to run them yourself: create the schema, run each in order, and record
 * each in the table of migrations. Open the adapter with `migrations: "check"`.
 *
 * @throws `RangeError` when a name cannot be quoted or is too long.
 *
 * @example
 * ```ts
 * for (const { version, sql } of eventMigrations({ schema: "app" })) console.log(`-- ${version}\n${sql}`);
 * ```
 */
export function eventMigrations(options: EventMigrationOptions = {}): readonly Migration[] {
  const values = {
    ...placeholdersOf(logNames(options)),
    ordering_guarantee: escapeLiteral(options.orderingGuarantee ?? "log"),
  };
  return EVENT_MIGRATIONS.map((migration) => rendered(migration, values));
}
