import type { Migration } from "../../migrations/migration.ts";
import { rendered } from "../../migrations/migration.ts";
import type { ProjectionLocation } from "../projection-location.ts";
import { projectionNames, projectionPlaceholders } from "../projection-names.ts";
import { PROJECTION_MIGRATIONS } from "./projection-migrations.generated.ts";

/**
 * The SQL of all migrations of projections, for those who run migrations themselves: create the schema, run each in order,
 * and record each in the table of migrations. Open the adapter with `migrations: "check"`.
 *
 * @throws `RangeError` when a name cannot be quoted or is too long.
 *
 * @example
 * ```ts
 * for (const { version, sql } of projectionMigrations({ schema: "app" })) console.log(`-- ${version}\n${sql}`);
 * ```
 */
export function projectionMigrations(location: ProjectionLocation = {}): readonly Migration[] {
  const values = projectionPlaceholders(projectionNames(location));
  return PROJECTION_MIGRATIONS.map((migration) => rendered(migration, values));
}
