import {
  type AppliedMigration,
  type Deadline,
  type MigrationStatus,
  migrationStatuses,
  pendingMigrations,
  refusePending,
} from "@eventfold/store/adapter";
import type { Client } from "../connection/client.ts";
import { untilNotBusy } from "../connection/until-not-busy.ts";
import { inWriteTransaction } from "../connection/write-transaction.ts";
import type { Migration } from "./migration.ts";

/** What a part of the library keeps in a database, and how it got there. */
export interface SchemaOptions {
  /** The part whose schema it is. Parts in one file have versions of their own. */
  readonly component: string;
  /** All migrations of the component, in order. */
  readonly migrations: readonly Migration[];
  /** Whether pending ones are applied, or refused. */
  readonly mode: "apply" | "check";
  /** When to stop waiting for others that hold the database. */
  readonly deadline: Deadline;
}

/** Makes the table in which migrations are recorded, where it is missing. */
export const MIGRATIONS_TABLE = `CREATE TABLE IF NOT EXISTS eventfold_migrations (
  component TEXT NOT NULL,
  version INTEGER NOT NULL,
  name TEXT NOT NULL,
  checksum TEXT NOT NULL,
  compatible INTEGER NOT NULL CHECK (compatible IN (0, 1)),
  applied_at INTEGER NOT NULL,
  PRIMARY KEY (component, version)
) STRICT, WITHOUT ROWID`;

/**
 * Brings the schema of a component to its newest version. Any number of processes may do so at once: migrations are
 * applied in one transaction that holds the write lock, and judged anew inside it.
 *
 * @throws `SchemaTooNewError` (`SCHEMA_TOO_NEW`) when migrations were applied that are neither known here nor
 * compatible.
 * @throws `MigrationEditedError` (`MIGRATION_EDITED`) when one was applied with a different text.
 * @throws `SchemaTooOldError` (`SCHEMA_TOO_OLD`) when migrations are pending and only a check was asked for.
 * @throws `StorageBusyError` (`STORAGE_BUSY`) when other connections held the database for too long.
 */
export async function migrate(client: Client, { component, migrations, mode, deadline }: SchemaOptions): Promise<void> {
  const applied = await untilNotBusy(() => appliedMigrations(client, component), deadline);
  if (mode === "check") return refusePending(migrations, applied);
  if (pendingMigrations(migrations, applied).length === 0) return;
  await inWriteTransaction(client, deadline, () => applyPending(client, component, migrations));
}

/**
 * The same inside a transaction that is open already, with the write lock.
 *
 * @throws as {@link migrate} does.
 */
export function migrateInside(
  client: Client,
  { component, migrations, mode }: Pick<SchemaOptions, "component" | "migrations" | "mode">,
): void {
  if (mode === "check") refusePending(migrations, appliedMigrations(client, component));
  else applyPending(client, component, migrations);
}

/** The applied migrations of a component, by version. */
export function appliedMigrations(client: Client, component: string): readonly AppliedMigration[] {
  const hasTable = client.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'eventfold_migrations'");
  if (hasTable.get() === undefined) return [];
  const rows = client
    .prepare<[string], readonly [number, string, string, number, number]>(
      "SELECT version, name, checksum, compatible, applied_at FROM eventfold_migrations WHERE component = ? ORDER BY version",
    )
    .raw();
  return rows.all(component).map(([version, name, checksum, compatible, appliedAtMs]) => ({
    version: Number(version),
    name,
    checksum,
    compatible: Number(compatible) === 1,
    appliedAt: new Date(Number(appliedAtMs)),
  }));
}

/** All migrations of a component that are known here or were applied, and when. */
export function migrationsOf(
  client: Client,
  { component, migrations }: Pick<SchemaOptions, "component" | "migrations">,
): readonly MigrationStatus[] {
  return migrationStatuses(migrations, appliedMigrations(client, component));
}

function applyPending(client: Client, component: string, migrations: readonly Migration[]): void {
  const pending = pendingMigrations(migrations, appliedMigrations(client, component));
  if (pending.length === 0) return; // another process was faster
  client.exec(MIGRATIONS_TABLE);
  const record = client.prepare(
    "INSERT INTO eventfold_migrations (component, version, name, checksum, compatible, applied_at) VALUES (?, ?, ?, ?, ?, ?)",
  );
  for (const { version, name, checksum, compatible, sql } of pending) {
    client.exec(sql);
    record.run(component, version, name, checksum, compatible ? 1 : 0, Date.now());
  }
}
