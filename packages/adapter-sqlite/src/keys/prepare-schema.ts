import type { MigrationStatus } from "@eventfold/store/adapter";
import type { SqliteDatabase } from "../connection/sqlite-database.ts";
import { migrateInside, migrationsOf } from "../migrations/migrate.ts";
import { checkTables } from "../schema/missing-tables.ts";
import { prepareInTurn } from "../schema/prepare-in-turn.ts";
import { KEY_MIGRATIONS } from "./migrations/key-migrations.generated.ts";

const SCHEMA = { component: "keys", migrations: KEY_MIGRATIONS } as const;

/**
 * Brings the tables of keys to their newest version, in one transaction, for which it waits like any writer, unless they are only checked.
 *
 * @throws `SchemaTooNewError`, `SchemaTooOldError`, `MigrationEditedError`, `StorageBusyError`, as opening an event adapter does.
 */
export function prepareSchema(database: SqliteDatabase): Promise<void> {
  const { client, options } = database;
  // What is deleted is overwritten. It has to be so from the first key on: pages that are split or merged leave copies, too.
  client.pragma("secure_delete = ON");
  return prepareInTurn(database, () => {
    migrateInside(client, { ...SCHEMA, mode: options.migrations });
    checkTables(client);
  });
}

/** All migrations of keys, and when each was applied. */
export function keyMigrationsOf({ client }: SqliteDatabase): readonly MigrationStatus[] {
  return migrationsOf(client, SCHEMA);
}
