import type { Migration } from "../../migrations/migration.ts";
import { rendered } from "../../migrations/migration.ts";
import type { KeyLocation } from "../key-location.ts";
import { keyNames, keyPlaceholders } from "../key-names.ts";
import { KEY_MIGRATIONS } from "./key-migrations.generated.ts";

/**
 * The SQL of all migrations of keys, for those who run migrations themselves: create the schema, run each in order, and record each in
 * the table of migrations. Open the adapter with `migrations: "check"`.
 *
 * @throws `RangeError` when a name cannot be quoted or is too long.
 *
 * @example
 * ```ts
 * for (const { version, sql } of keyMigrations({ schema: "vault" })) console.log(`-- ${version}\n${sql}`);
 * ```
 */
export function keyMigrations(location: KeyLocation = {}): readonly Migration[] {
  const values = keyPlaceholders(keyNames(location));
  return KEY_MIGRATIONS.map((migration) => rendered(migration, values));
}
