import { MigrationEditedError, SchemaTooNewError, SchemaTooOldError } from "@eventfold/types";

/** A numbered change of a schema. A released one is never edited; a change is a new one. */
export interface SchemaMigration {
  /** 1, 2, 3 … without gaps, in the order in which they are applied: the version of the schema after it. */
  readonly version: number;
  readonly name: string;
  /** The SHA-256, in hexadecimal, of its text as the package ships it, before any names are filled in. */
  readonly checksum: string;
  /** Whether releases that do not know it may go on with the schema that it makes, as in a rolling deploy. */
  readonly compatible: boolean;
}

/** A migration that was applied to a database. */
export interface AppliedMigration extends SchemaMigration {
  readonly appliedAt: Date;
}

/** A migration, and when it was applied to a database. */
export interface MigrationStatus extends SchemaMigration {
  /** `undefined` while it is pending. */
  readonly appliedAt: Date | undefined;
}

/** A migration that a database lacks, with what applies it. */
export interface PendingMigration {
  /** The part of the library whose schema it changes: `events`, `projections`, `processing` or `keys`. */
  readonly component: string;
  /** The version of the part's schema after it. */
  readonly version: number;
  readonly name: string;
  /** Whether releases that do not know it may go on with the schema that it makes. */
  readonly compatible: boolean;
  /** All that is run, which records it too. Run those of one part in order, together in one transaction. */
  readonly sql: string;
}

/**
 * The known migrations that have not been applied to a database, in order. Migrations of newer releases may have been
 * applied, if each says that older releases may go on.
 *
 * @throws `MigrationEditedError` (`MIGRATION_EDITED`) when one was applied with a text other than the known one.
 * @throws `SchemaTooNewError` (`SCHEMA_TOO_NEW`) when one was applied that is neither known nor compatible.
 */
export function pendingMigrations<TMigration extends SchemaMigration>(
  known: readonly TMigration[],
  applied: readonly SchemaMigration[],
): readonly TMigration[] {
  const knownVersion = known.at(-1)?.version ?? 0;
  if (applied.some(({ version, compatible }) => version > knownVersion && !compatible)) {
    throw new SchemaTooNewError({ storedVersion: Math.max(...applied.map(({ version }) => version)), knownVersion });
  }
  const appliedByVersion = new Map(applied.map((migration) => [migration.version, migration]));
  return known.filter(({ version, name, checksum }) => {
    const stored = appliedByVersion.get(version);
    if (stored !== undefined && stored.checksum !== checksum) {
      const checksums = { storedChecksum: stored.checksum, knownChecksum: checksum };
      throw new MigrationEditedError({ version, migration: name, ...checksums });
    }
    return stored === undefined;
  });
}

/**
 * Makes sure that no known migration is pending.
 *
 * @throws `SchemaTooOldError` (`SCHEMA_TOO_OLD`) when one is; else as {@link pendingMigrations}.
 */
export function refusePending(known: readonly SchemaMigration[], applied: readonly SchemaMigration[]): void {
  const [first] = pendingMigrations(known, applied);
  if (first === undefined) return;
  throw new SchemaTooOldError({ storedVersion: first.version - 1, knownVersion: known.at(-1)?.version ?? 0 });
}

/** All migrations that are known or were applied, by version; applied ones as the database recorded them. */
export function migrationStatuses(
  known: readonly SchemaMigration[],
  applied: readonly AppliedMigration[],
): readonly MigrationStatus[] {
  const statuses = new Map<number, MigrationStatus>(
    known.map(({ version, name, checksum, compatible }) => [
      version,
      { version, name, checksum, compatible, appliedAt: undefined },
    ]),
  );
  for (const migration of applied) statuses.set(migration.version, migration);
  return [...statuses.values()].sort((a, b) => a.version - b.version);
}
