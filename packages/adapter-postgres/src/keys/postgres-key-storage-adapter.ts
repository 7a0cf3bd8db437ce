import type { KeyStorage, KeyStorageAdapter, KeyStorageCapabilities } from "@eventfold/events";
import { AdapterLife, type MigrationStatus, memberNames, withKnownMembers } from "@eventfold/store/adapter";
import { CallRunner } from "../routines/call-runner.ts";
import type { PostgresKeyStorageOptions } from "./open-key-options.ts";
import { endKeys, listMigrations, type OpenKeys, openKeys } from "./open-keys.ts";
import { PostgresKeyStorage } from "./postgres-key-storage.ts";

const CAPABILITIES: KeyStorageCapabilities = Object.freeze({ durable: true, sharedStorage: true });

const OPTIONS = memberNames<PostgresKeyStorageOptions>({
  connectionString: true,
  pool: true,
  maxConnections: true,
  statementTimeoutMs: true,
  shareWith: true,
  schema: true,
  keyPrefix: true,
  migrations: true,
  writeTimeoutMs: true,
  readTimeoutMs: true,
  preparedStatements: true,
  connectTimeoutMs: true,
  logger: true,
});

/**
 * The keys of subjects in PostgreSQL 14 or newer, for any number of processes. Keep them in a database apart from that of the events, so
 * that no backup has both.
 *
 * Every call is one function of the database and one round trip, on a connection of the pool: a publish inside a transaction needs one more.
 * Deleted keys stay in the files of the database until they are vacuumed, in the write-ahead log until it is recycled, and in backups:
 * see the page on privacy.
 *
 * @example
 * ```ts
 * const keys = await PostgresKeyStorageAdapter.open({ connectionString: "postgres://localhost/vault" });
 * const keyStore = new KeyStore({ adapter: keys });
 * ```
 */
export class PostgresKeyStorageAdapter implements KeyStorageAdapter {
  readonly capabilities: KeyStorageCapabilities = CAPABILITIES;
  readonly storage: KeyStorage;
  readonly #opened: OpenKeys;
  readonly #life: AdapterLife;

  private constructor(opened: OpenKeys) {
    const { database, names, isShared } = opened;
    const { connections, settings } = database;
    const { logger, writeTimeoutMs } = settings;
    const life = isShared ? new AdapterLife({ beneath: connections.life }) : connections.life;
    const runner = new CallRunner({ connections, names, logger, writeTimeoutMs });
    this.#opened = opened;
    this.#life = life;
    this.storage = new PostgresKeyStorage({
      lifetime: life,
      run: async (call) => {
        life.throwIfEnded();
        return life.track(runner.run(call));
      },
    });
  }

  /**
   * Opens keys, creating their tables or applying pending migrations unless `migrations` is `"check"`.
   *
   * @throws `TypeError` or `RangeError` for options that make no sense, before anything is connected.
   * @throws `StorageUnavailableError` (`STORAGE_UNAVAILABLE`) when the server cannot be reached.
   * @throws `StorageAccessDeniedError` (`STORAGE_ACCESS_DENIED`) for wrong credentials and missing rights.
   * @throws `NotADatabaseError` (`NOT_A_DATABASE`) for a database that does not exist or is not in UTF-8.
   * @throws `SchemaTooOldError` (`SCHEMA_TOO_OLD`) when migrations are pending and only checked.
   * @throws `SchemaTooNewError` (`SCHEMA_TOO_NEW`) when a newer version of this package has migrated the tables in a way
   * that older ones may not go on with.
   * @throws `MigrationEditedError` (`MIGRATION_EDITED`) when a migration was applied with a different text.
   * @throws `AdapterClosedError` (`ADAPTER_CLOSED`) when the event adapter of `shareWith` is closed.
   */
  static async open(options: PostgresKeyStorageOptions): Promise<PostgresKeyStorageAdapter> {
    withKnownMembers("The options of PostgresKeyStorageAdapter.open", options, OPTIONS);
    return new PostgresKeyStorageAdapter(await openKeys(options));
  }

  get isClosed(): boolean {
    return this.#life.isEnded;
  }

  /**
   * All migrations of keys, and when each was applied: also those of newer versions of this package, if they say that older versions may
   * go on (`compatible`).
   */
  async migrations(): Promise<readonly MigrationStatus[]> {
    this.#life.throwIfEnded();
    return this.#life.track(listMigrations(this.#opened));
  }

  /** Ends the adapter once the operations in flight have ended, and its connections if it opened them itself. */
  async close(): Promise<void> {
    return this.#life.close({ end: () => endKeys(this.#opened) });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
