import type { MigrationStatus } from "@eventfold/store/adapter";
import type { SqliteDatabase } from "../connection/sqlite-database.ts";
import { migrateInside, migrationsOf } from "../migrations/migrate.ts";
import { ConnectionFunctions } from "../query/connection-functions.ts";
import type { StateIndexes } from "../query/projection-queries.ts";
import { checkTables } from "../schema/missing-tables.ts";
import { prepareInTurn } from "../schema/prepare-in-turn.ts";
import { BeforeImages } from "./before-images.ts";
import { PROJECTION_MIGRATIONS } from "./migrations/projection-migrations.generated.ts";
import { type CheckedIndex, existingIndexes, indexStatement } from "./projection-index.ts";

const SCHEMA = { component: "projections", migrations: PROJECTION_MIGRATIONS } as const;

/**
 * Brings the tables of projections to their newest version, creates the declared indexes, and gets the connection ready:
 * in one transaction, for which it waits like any writer, unless the migrations are only checked.
 *
 * @returns the declared indexes that exist: all, unless the migrations are only checked.
 * @throws `SchemaTooNewError`, `SchemaTooOldError`, `MigrationEditedError`, `StorageBusyError`, as opening an event adapter does.
 */
export function prepareSchema(database: SqliteDatabase, indexes: readonly CheckedIndex[]): Promise<StateIndexes> {
  const { client, options } = database;
  return prepareInTurn(database, () => {
    migrateInside(client, { ...SCHEMA, mode: options.migrations });
    checkTables(client);
    if (options.migrations === "apply") for (const index of indexes) client.exec(indexStatement(index));
    ConnectionFunctions.of(client);
    BeforeImages.of(client);
    return existingIndexes(client, indexes);
  });
}

/** All migrations of projections, and when the database had each. */
export function projectionMigrationsOf({ client }: SqliteDatabase): readonly MigrationStatus[] {
  return migrationsOf(client, SCHEMA);
}
