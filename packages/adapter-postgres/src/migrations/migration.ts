import type { SchemaMigration } from "@eventfold/store/adapter";

/** A numbered change of a schema, with placeholders such as `{{events}}` for names. */
export interface MigrationTemplate extends SchemaMigration {
  readonly template: string;
}

/** A numbered change of a schema, as it is run. */
export interface Migration extends SchemaMigration {
  /** One or more statements, without any that begins or ends a transaction. */
  readonly sql: string;
}

/**
 * Fills in the placeholders of a migration.
 *
 * @throws `RangeError` for a placeholder that has no value.
 */
export function rendered(migration: MigrationTemplate, values: Readonly<Record<string, string>>): Migration {
  const { template, ...identity } = migration;
  const sql = template.replace(/\{\{(\w+)\}\}/g, (_, placeholder: string) => {
    const value = values[placeholder];
    if (value === undefined)
      throw new RangeError(`There is no value for {{${placeholder}}} in migration ${migration.name}.`);
    return value;
  });
  return { ...identity, sql };
}
