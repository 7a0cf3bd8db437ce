import { EventfoldError } from "./eventfold-error.ts";

/**
 * Versions of a schema: the number of the last migration that was applied to the storage, and of the last that the
 * library knows.
 */
export interface SchemaVersions {
  readonly storedVersion: number;
  readonly knownVersion: number;
}

/**
 * A newer version of the adapter has migrated the storage in a way that older ones may not go on with. Nothing was
 * touched; update the adapter.
 */
export class SchemaTooNewError extends EventfoldError implements SchemaVersions {
  declare readonly code: "SCHEMA_TOO_NEW";
  readonly storedVersion: number;
  readonly knownVersion: number;

  constructor({ storedVersion, knownVersion }: SchemaVersions) {
    super(
      `The schema is newer than this adapter, and not compatible with it: it is at version ${storedVersion}, but this adapter knows only version ${knownVersion}. Update the adapter.`,
      { code: "SCHEMA_TOO_NEW" },
    );
    this.storedVersion = storedVersion;
    this.knownVersion = knownVersion;
  }
}

/** Migrations are pending, and the adapter was opened with `migrations: "check"`. Apply them, then open again. */
export class SchemaTooOldError extends EventfoldError implements SchemaVersions {
  declare readonly code: "SCHEMA_TOO_OLD";
  readonly storedVersion: number;
  readonly knownVersion: number;

  constructor({ storedVersion, knownVersion }: SchemaVersions) {
    super(
      `Migrations are pending: the schema is at version ${storedVersion}, but this adapter needs version ${knownVersion}. Apply them, or open without \`migrations: "check"\`.`,
      { code: "SCHEMA_TOO_OLD" },
    );
    this.storedVersion = storedVersion;
    this.knownVersion = knownVersion;
  }
}

/** A migration as the storage has recorded it, and as the adapter knows it. Checksums are SHA-256, in hexadecimal. */
export interface EditedMigration {
  readonly version: number;
  /** The name of the migration. */
  readonly migration: string;
  readonly storedChecksum: string;
  readonly knownChecksum: string;
}

/**
 * A migration was applied whose text differs from the one that this adapter knows, so the state of the schema is
 * unknown. Nothing was touched. Released migrations are never edited: use an adapter release as it was published.
 */
export class MigrationEditedError extends EventfoldError implements EditedMigration {
  declare readonly code: "MIGRATION_EDITED";
  readonly version: number;
  readonly migration: string;
  readonly storedChecksum: string;
  readonly knownChecksum: string;

  constructor({ version, migration, storedChecksum, knownChecksum }: EditedMigration) {
    super(
      `Migration ${version}, ${JSON.stringify(migration)}, was applied with a different text: its checksum was ${storedChecksum}, expected ${knownChecksum}. Released migrations are never edited. Open the storage with the adapter release that applied it.`,
      { code: "MIGRATION_EDITED" },
    );
    this.version = version;
    this.migration = migration;
    this.storedChecksum = storedChecksum;
    this.knownChecksum = knownChecksum;
  }
}

/**
 * The log was created with an ordering guarantee other than the one requested. The guarantee of a log never changes.
 */
export class OrderingGuaranteeMismatchError extends EventfoldError {
  declare readonly code: "ORDERING_GUARANTEE_MISMATCH";
  /** What the log was created with. */
  readonly stored: string;
  /** What was requested. */
  readonly requested: string;

  constructor({ stored, requested }: { readonly stored: string; readonly requested: string }) {
    super(
      `The log was created with the ordering guarantee "${stored}", not "${requested}". Open it with "${stored}".`,
      {
        code: "ORDERING_GUARANTEE_MISMATCH",
      },
    );
    this.stored = stored;
    this.requested = requested;
  }
}
