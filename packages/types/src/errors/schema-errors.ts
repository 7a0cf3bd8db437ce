import { EventfoldError } from "./eventfold-error.ts";

/** Versions of a schema: the number of the last migration that the storage has had, and that the library knows. */
export interface SchemaVersions {
  readonly storedVersion: number;
  readonly knownVersion: number;
}

/** The storage was made by a newer version of the adapter than this one. Nothing was touched; update the adapter. */
export class SchemaTooNewError extends EventfoldError implements SchemaVersions {
  declare readonly code: "SCHEMA_TOO_NEW";
  readonly storedVersion: number;
  readonly knownVersion: number;

  constructor({ storedVersion, knownVersion }: SchemaVersions) {
    super(
      `The schema is newer than this adapter: it is at version ${storedVersion}, and this adapter knows ${knownVersion}. Update the adapter.`,
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
      `Migrations are pending: the schema is at version ${storedVersion}, and this adapter needs ${knownVersion}. Apply them, or open without \`migrations: "check"\`.`,
      { code: "SCHEMA_TOO_OLD" },
    );
    this.storedVersion = storedVersion;
    this.knownVersion = knownVersion;
  }
}

/** The log was created with another ordering guarantee than the one asked for. The guarantee of a log never changes. */
export class OrderingGuaranteeMismatchError extends EventfoldError {
  declare readonly code: "ORDERING_GUARANTEE_MISMATCH";
  /** What the log was created with. */
  readonly stored: string;
  /** What was asked for. */
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
