import {
  type AppliedMigration,
  type MigrationStatus,
  migrationStatuses,
  pendingMigrations,
  refusePending,
} from "@eventfold/store/adapter";
import type { ClientBase } from "pg";
import { escapeIdentifier, escapeLiteral } from "pg";
import { hasTable, UNPREPARED } from "../connection/statement.ts";
import type { Migration } from "./migration.ts";

/** What {@link MigrationRunner} is made from. */
export interface MigrationRunnerOptions {
  /** The schema, unquoted. It is created if it is missing. */
  readonly schema: string;
  /** The table that records migrations: quoted, and qualified by the schema. */
  readonly table: string;
  /** All known migrations, in order. */
  readonly migrations: readonly Migration[];
}

/** Applies numbered migrations, each once, under a lock, all pending ones in one transaction. */
export class MigrationRunner {
  readonly #options: MigrationRunnerOptions;

  constructor(options: MigrationRunnerOptions) {
    this.#options = options;
  }

  /** All migrations that are known here or were applied, and when. */
  async list(client: ClientBase): Promise<readonly MigrationStatus[]> {
    return migrationStatuses(this.#options.migrations, await this.#readApplied(client));
  }

  /**
   * Makes sure that nothing is pending.
   *
   * @throws `SchemaTooOldError` (`SCHEMA_TOO_OLD`) when something is; else as {@link apply}.
   */
  async check(client: ClientBase): Promise<void> {
    refusePending(this.#options.migrations, await this.#readApplied(client));
  }

  /**
   * Applies what is pending. Any number of processes may do so at once: one does the work and the others wait for it.
   * If nothing is pending, it takes no lock and needs only the right to read the table of migrations.
   *
   * @throws `SchemaTooNewError` (`SCHEMA_TOO_NEW`) when migrations were applied that are neither known here nor
   * compatible.
   * @throws `MigrationEditedError` (`MIGRATION_EDITED`) when one was applied with a different text.
   */
  async apply(client: ClientBase): Promise<void> {
    if ((await this.pending(client)).length > 0) await this.#applyUnderLock(client);
  }

  /** What is pending. It only reads. */
  async pending(client: ClientBase): Promise<readonly Migration[]> {
    return pendingMigrations(this.#options.migrations, await this.#readApplied(client));
  }

  /** The statements that make what migrations are recorded in, where it is missing. */
  get preparation(): string {
    const { schema, table } = this.#options;
    return `create schema if not exists ${escapeIdentifier(schema)};\n${tableOf(table)};`;
  }

  /** The statement that records a migration which was run by hand. */
  recordOf({ version, name, checksum, compatible }: Migration): string {
    const values = `${version}, ${escapeLiteral(name)}, ${escapeLiteral(checksum)}, ${compatible}`;
    return `insert into ${this.#options.table} (version, name, checksum, compatible) values (${values});`;
  }

  async #applyUnderLock(client: ClientBase): Promise<void> {
    await client.query("begin isolation level read committed");
    try {
      await this.#prepare(client);
      for (const migration of await this.pending(client)) await this.#applyOne(client, migration);
      await client.query("commit");
    } catch (error) {
      await client.query("rollback").catch(() => {}); // a lost connection rolls back by itself.
      throw error;
    }
  }

  async #prepare(client: ClientBase): Promise<void> {
    const { schema, table } = this.#options;
    await client.query("select set_config('lock_timeout', '0', true), set_config('search_path', 'pg_catalog', true)");
    await client.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [`eventfold migrations of ${table}`]);
    // "if not exists" would ask for the right to create even where nothing is to be created.
    const existing = await client.query("select from pg_namespace where nspname = $1", [schema]);
    if (existing.rowCount === 0) await client.query(`create schema ${escapeIdentifier(schema)}`);
    await client.query(tableOf(table));
  }

  async #applyOne(client: ClientBase, { version, name, checksum, compatible, sql }: Migration): Promise<void> {
    await client.query(sql);
    await client.query(
      `insert into ${this.#options.table} (version, name, checksum, compatible) values ($1, $2, $3, $4)`,
      [version, name, checksum, compatible],
    );
  }

  async #readApplied(client: ClientBase): Promise<readonly AppliedMigration[]> {
    const { table } = this.#options;
    if (!(await hasTable(client, table))) return [];
    const text = `select version, name, checksum, compatible, (date_part('epoch', applied_at) * 1000)::bigint from ${table}`;
    const rows = await UNPREPARED.run(client, { text, values: [] });
    return rows.map(([version, name, checksum, compatible, appliedAtMs]) => ({
      version: Number(version),
      name: name as string,
      checksum: checksum as string,
      compatible: compatible === "t",
      appliedAt: new Date(Number(appliedAtMs)),
    }));
  }
}

function tableOf(table: string): string {
  return `create table if not exists ${table} (
  version integer primary key,
  name text not null,
  checksum text not null,
  compatible boolean not null,
  applied_at timestamptz not null default now()
)`;
}
