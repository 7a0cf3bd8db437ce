import { existsSync } from "node:fs";
import { type PendingMigration, pendingMigrations } from "@eventfold/store/adapter";
import BetterSqlite3 from "better-sqlite3";
import { refuseNonFile } from "../connection/open-connection.ts";
import { translateError } from "../connection/translate-error.ts";
import { KEY_MIGRATIONS } from "../keys/migrations/key-migrations.generated.ts";
import { PROCESSING_MIGRATIONS } from "../processing/migrations/processing-migrations.generated.ts";
import { PROJECTION_MIGRATIONS } from "../projections/migrations/projection-migrations.generated.ts";
import { EVENT_MIGRATIONS } from "./event-migrations.generated.ts";
import { appliedMigrations, MIGRATIONS_TABLE } from "./migrate.ts";
import type { Migration } from "./migration.ts";

const COMPONENTS: readonly (readonly [component: string, migrations: readonly Migration[]])[] = [
  ["events", EVENT_MIGRATIONS],
  ["projections", PROJECTION_MIGRATIONS],
  ["processing", PROCESSING_MIGRATIONS],
  ["keys", KEY_MIGRATIONS],
];

/**
 * The migrations that a database lacks: of events, and of the other parts whose schema it has. It only reads; a file that does not
 * exist lacks those of events, and is not made.
 *
 * @throws as `SqliteEventStorageAdapter.open` does, but for `SchemaTooOldError`.
 *
 * @example
 * ```ts
 * for (const { component, version, sql } of readPendingMigrations({ filename: "app.db" })) console.log(component, version, sql);
 * ```
 */
export function readPendingMigrations({ filename }: { readonly filename: string }): readonly PendingMigration[] {
  if (!existsSync(filename)) return described("events", EVENT_MIGRATIONS);
  refuseNonFile(filename);
  try {
    const client = new BetterSqlite3(filename, { readonly: true, fileMustExist: true, timeout: 1_000 });
    try {
      return COMPONENTS.flatMap(([component, migrations]) => {
        const applied = appliedMigrations(client, component);
        if (applied.length === 0 && component !== "events") return [];
        return described(component, pendingMigrations(migrations, applied));
      });
    } finally {
      client.close();
    }
  } catch (error) {
    throw translateError(error);
  }
}

function described(component: string, migrations: readonly Migration[]): readonly PendingMigration[] {
  return migrations.map(({ version, name, checksum, compatible, sql }) => {
    const table = version === 1 ? `${MIGRATIONS_TABLE};\n` : "";
    const record = `INSERT INTO eventfold_migrations (component, version, name, checksum, compatible, applied_at)
  VALUES ('${component}', ${version}, '${name}', '${checksum}', ${compatible ? 1 : 0}, unixepoch() * 1000);`;
    return { component, version, name, compatible, sql: `${table}${sql.trimEnd()}\n\n${record}` };
  });
}
