import type { Migration } from "../../migrations/migration.ts";
import { rendered } from "../../migrations/migration.ts";
import type { ProcessingLocation } from "../processing-location.ts";
import { processingNames, processingPlaceholders } from "../processing-names.ts";
import { PROCESSING_MIGRATIONS } from "./processing-migrations.generated.ts";

/**
 * The SQL of all migrations of processing, for those who run migrations themselves: create the schema, run each in order,
 * and record each in the table of migrations. Open the adapter with `migrations: "check"`.
 *
 * @throws `RangeError` when a name cannot be quoted or is too long.
 *
 * @example
 * ```ts
 * for (const { version, sql } of processingMigrations({ schema: "app" })) console.log(`-- ${version}\n${sql}`);
 * ```
 */
export function processingMigrations(location: ProcessingLocation = {}): readonly Migration[] {
  const values = processingPlaceholders(processingNames(location));
  return PROCESSING_MIGRATIONS.map((migration) => rendered(migration, values));
}
