/** A numbered change of a schema, with placeholders such as `{{events}}` for names. A released one is never edited. */
export interface MigrationTemplate {
  /** 1, 2, 3 … in the order in which they are applied. */
  readonly version: number;
  readonly name: string;
  readonly template: string;
}

/** A numbered change of a schema, as it is run. */
export interface Migration {
  /** 1, 2, 3 … in the order in which they are applied. */
  readonly version: number;
  readonly name: string;
  /** One or more statements, without any that begins or ends a transaction. */
  readonly sql: string;
}

/** A migration, and when this database had it. */
export interface MigrationStatus {
  readonly version: number;
  readonly name: string;
  /** `undefined` while it is pending. */
  readonly appliedAt: Date | undefined;
}

/**
 * Fills in the placeholders of a migration.
 *
 * @throws `RangeError` for a placeholder that has no value.
 */
export function rendered(migration: MigrationTemplate, values: Readonly<Record<string, string>>): Migration {
  const sql = migration.template.replace(/\{\{(\w+)\}\}/g, (_, placeholder: string) => {
    const value = values[placeholder];
    if (value === undefined)
      throw new RangeError(`Nothing is known for {{${placeholder}}} in migration ${migration.name}.`);
    return value;
  });
  return { version: migration.version, name: migration.name, sql };
}
