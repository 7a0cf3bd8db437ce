import type { MigrationStatus } from "@eventfold/store/adapter";
import type { SqliteDatabase } from "../connection/sqlite-database.ts";
import { migrateInside, migrationsOf } from "../migrations/migrate.ts";
import { checkTables } from "../schema/missing-tables.ts";
import { prepareInTurn } from "../schema/prepare-in-turn.ts";
import { PROCESSING_MIGRATIONS } from "./migrations/processing-migrations.generated.ts";

const SCHEMA = { component: "processing", migrations: PROCESSING_MIGRATIONS } as const;

/**
 * Brings the tables of processing to their newest version, in one transaction, for which it waits like any writer, unless they are only checked.
 *
 * @throws `SchemaTooNewError`, `SchemaTooOldError`, `MigrationEditedError`, `StorageBusyError`, as opening an event adapter does.
 */
export function prepareSchema(database: SqliteDatabase): Promise<void> {
  const { client, options } = database;
  return prepareInTurn(database, () => {
    migrateInside(client, { ...SCHEMA, mode: options.migrations });
    checkTables(client);
  });
}

/** All migrations of processing, and when each was applied. */
export function processingMigrationsOf({ client }: SqliteDatabase): readonly MigrationStatus[] {
  return migrationsOf(client, SCHEMA);
}
