import { SchemaTooNewError, SchemaTooOldError } from "@eventfold/types";
import type { PoolClient } from "pg";
import { escapeIdentifier } from "pg";
import { hasTable, UNPREPARED } from "../connection/statement.ts";
import type { Migration, MigrationStatus } from "./migration.ts";

/** What {@link MigrationRunner} is made from. */
export interface MigrationRunnerOptions {
  /** The schema, unquoted. It is created if it is missing. */
  readonly schema: string;
  /** The table that records migrations: quoted, and qualified by the schema. */
  readonly table: string;
  /** All that are known, in order. */
  readonly migrations: readonly Migration[];
}

interface Applied {
  readonly version: number;
  readonly name: string;
  readonly appliedAt: Date;
}

/** Applies numbered migrations, each once, under a lock, all pending ones in one transaction. */
export class MigrationRunner {
  readonly #options: MigrationRunnerOptions;

  constructor(options: MigrationRunnerOptions) {
    this.#options = options;
  }

  /** All known migrations, and when the database had each. */
  async list(client: PoolClient): Promise<readonly MigrationStatus[]> {
    const applied = new Map((await this.#applied(client)).map((migration) => [migration.version, migration]));
    return this.#options.migrations.map(({ version, name }) => ({
      version,
      name,
      appliedAt: applied.get(version)?.appliedAt,
    }));
  }

  /**
   * Makes sure that nothing is pending.
   *
   * @throws `SchemaTooOldError` (`SCHEMA_TOO_OLD`) when something is, `SchemaTooNewError` (`SCHEMA_TOO_NEW`) when the
   * database had migrations that are not known here.
   */
  async check(client: PoolClient): Promise<void> {
    const storedVersion = await this.#storedVersion(client);
    const versions = { storedVersion, knownVersion: this.#knownVersion };
    if (storedVersion > versions.knownVersion) throw new SchemaTooNewError(versions);
    if (storedVersion < versions.knownVersion) throw new SchemaTooOldError(versions);
  }

  /**
   * Applies what is pending. Any number of processes may do so at once: one does the work and the others wait for it.
   * Where nothing is pending it takes no lock and needs no right but to read the table of migrations.
   *
   * @throws `SchemaTooNewError` (`SCHEMA_TOO_NEW`) when the database had migrations that are not known here.
   */
  async apply(client: PoolClient): Promise<void> {
    if ((await this.#storedVersion(client)) < this.#knownVersion) await this.#applyUnderLock(client);
    await this.check(client);
  }

  get #knownVersion(): number {
    return this.#options.migrations.at(-1)?.version ?? 0;
  }

  async #applyUnderLock(client: PoolClient): Promise<void> {
    await client.query("begin isolation level read committed");
    try {
      await this.#prepare(client);
      const storedVersion = await this.#storedVersion(client);
      for (const migration of this.#options.migrations) {
        if (migration.version > storedVersion) await this.#applyOne(client, migration);
      }
      await client.query("commit");
    } catch (error) {
      await client.query("rollback").catch(() => {}); // a lost connection rolls back by itself.
      throw error;
    }
  }

  async #prepare(client: PoolClient): Promise<void> {
    const { schema, table } = this.#options;
    await client.query("select set_config('lock_timeout', '0', true), set_config('search_path', 'pg_catalog', true)");
    await client.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [`eventfold migrations of ${table}`]);
    // "if not exists" would ask for the right to create even where nothing is to be created.
    const existing = await client.query("select from pg_namespace where nspname = $1", [schema]);
    if (existing.rowCount === 0) await client.query(`create schema ${escapeIdentifier(schema)}`);
    await client.query(
      `create table if not exists ${table} (version integer primary key, name text not null, applied_at timestamptz not null default now())`,
    );
  }

  async #applyOne(client: PoolClient, { version, name, sql }: Migration): Promise<void> {
    await client.query(sql);
    await client.query(`insert into ${this.#options.table} (version, name) values ($1, $2)`, [version, name]);
  }

  async #storedVersion(client: PoolClient): Promise<number> {
    return Math.max(0, ...(await this.#applied(client)).map((migration) => migration.version));
  }

  async #applied(client: PoolClient): Promise<readonly Applied[]> {
    const { table } = this.#options;
    if (!(await hasTable(client, table))) return [];
    const text = `select version, name, (date_part('epoch', applied_at) * 1000)::bigint from ${table} order by version`;
    const rows = await UNPREPARED.run(client, { text, values: [] });
    return rows.map(([version, name, appliedAtMs]) => ({
      version: Number(version),
      name: name as string,
      appliedAt: new Date(Number(appliedAtMs)),
    }));
  }
}
