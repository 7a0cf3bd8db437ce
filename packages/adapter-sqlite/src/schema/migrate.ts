import { SchemaTooNewError, SchemaTooOldError } from "@eventfold/types";
import type { Client } from "../connection/client.ts";
import { StatementCache } from "../connection/statement-cache.ts";
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
  /** When to stop waiting for others that hold the database, as `performance.now()` counts. */
  readonly untilMs: number;
}

const MIGRATIONS_TABLE = `CREATE TABLE IF NOT EXISTS eventfold_migrations (
  component TEXT NOT NULL,
  version INTEGER NOT NULL,
  name TEXT NOT NULL,
  applied_at INTEGER NOT NULL,
  PRIMARY KEY (component, version)
) STRICT, WITHOUT ROWID`;

/**
 * Brings the schema of a component to its newest version. Any number of processes may do so at once: migrations are
 * applied in one transaction that holds the write lock, and judged anew inside it.
 *
 * @throws `SchemaTooNewError` (`SCHEMA_TOO_NEW`) when the file has had migrations that are not known here.
 * @throws `SchemaTooOldError` (`SCHEMA_TOO_OLD`) when migrations are pending and only a check was asked for.
 * @throws `StorageBusyError` (`STORAGE_BUSY`) when others held the database for too long.
 */
export async function migrate(client: Client, { component, migrations, mode, untilMs }: SchemaOptions): Promise<void> {
  const stored = await untilNotBusy(() => storedVersion(client, component), { untilMs });
  if (isNewest(stored, migrations)) return;
  if (mode === "check") throw new SchemaTooOldError({ storedVersion: stored, knownVersion: migrations.length });
  await inWriteTransaction(client, { untilMs }, () => applyPending(client, component, migrations));
}

/**
 * The same inside of a transaction that is open already, with the write lock.
 *
 * @throws `SchemaTooNewError`, `SchemaTooOldError`, as {@link migrate} does.
 */
export function migrateInside(
  client: Client,
  { component, migrations, mode }: Pick<SchemaOptions, "component" | "migrations" | "mode">,
): void {
  const stored = storedVersion(client, component);
  if (isNewest(stored, migrations)) return;
  if (mode === "check") throw new SchemaTooOldError({ storedVersion: stored, knownVersion: migrations.length });
  applyPending(client, component, migrations);
}

function isNewest(storedVersion: number, migrations: readonly Migration[]): boolean {
  const knownVersion = migrations.length;
  if (storedVersion > knownVersion) throw new SchemaTooNewError({ storedVersion, knownVersion });
  return storedVersion === knownVersion;
}

function storedVersion(client: Client, component: string): number {
  const hasTable = client.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'eventfold_migrations'");
  if (hasTable.get() === undefined) return 0;
  const version = StatementCache.of(client).prepared(
    "SELECT coalesce(max(version), 0) FROM eventfold_migrations WHERE component = ?",
  );
  return Number(version.get(component)?.[0]);
}

function applyPending(client: Client, component: string, migrations: readonly Migration[]): void {
  client.exec(MIGRATIONS_TABLE);
  const stored = storedVersion(client, component);
  if (isNewest(stored, migrations)) return; // another process was faster
  const record = client.prepare("INSERT INTO eventfold_migrations VALUES (?, ?, ?, ?)");
  for (const { version, name, sql } of migrations.slice(stored)) {
    client.exec(sql);
    record.run(component, version, name, Date.now());
  }
}
