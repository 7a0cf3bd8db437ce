import type { KeyStorage, KeyStorageAdapter, KeyStorageCapabilities } from "@eventfold/events";
import { AdapterLife, type MigrationStatus, memberNames, withKnownMembers } from "@eventfold/store/adapter";
import { isInMemory } from "../connection/open-connection.ts";
import { openOnDatabase } from "../connection/own-database.ts";
import { closeDatabase, type SqliteDatabase } from "../connection/sqlite-database.ts";
import { TableAccess } from "../connection/table-access.ts";
import { KeyTables } from "./key-tables.ts";
import { keyMigrationsOf, prepareSchema } from "./prepare-schema.ts";
import { SqliteKeyStorage } from "./sqlite-key-storage.ts";
import type { SqliteKeyStorageOptions } from "./sqlite-key-storage-options.ts";
import { truncateLog } from "./truncate-log.ts";

const OPTIONS = memberNames<SqliteKeyStorageOptions>({
  filename: true,
  writeTimeoutMs: true,
  migrations: true,
  synchronous: true,
  shareWith: true,
});

/**
 * The keys of subjects in an SQLite database, for any number of processes of one machine. Keep them in a file apart from that of the
 * events, so that no copy of one file has both.
 *
 * What is deleted is overwritten in the file, and the write-ahead log, which still has it, is emptied, unless other connections are
 * reading at that moment; then the next checkpoint does. Copies of the file, and what the disk itself keeps, are out of reach.
 *
 * @example
 * ```ts
 * const keyStore = new KeyStore({ adapter: await SqliteKeyStorageAdapter.open({ filename: "keys.db" }) });
 * ```
 */
export class SqliteKeyStorageAdapter implements KeyStorageAdapter {
  readonly capabilities: KeyStorageCapabilities;
  readonly storage: KeyStorage;
  readonly #database: SqliteDatabase;
  readonly #isShared: boolean;
  readonly #life: AdapterLife;
  readonly #access: TableAccess<KeyTables>;

  /**
   * Opens a database, creates it if it is missing, and applies pending migrations; with `shareWith`, on the connection of an
   * event adapter.
   *
   * @throws `NotADatabaseError`, `StorageReadOnlyError`, `StorageUnavailableError`, `StorageBusyError`,
   * `SchemaTooNewError`, `SchemaTooOldError`, `MigrationEditedError` as the event adapter does; `AdapterClosedError` when that
   * adapter is closed.
   */
  static async open(options: SqliteKeyStorageOptions): Promise<SqliteKeyStorageAdapter> {
    withKnownMembers("The options of SqliteKeyStorageAdapter.open", options, OPTIONS);
    return openOnDatabase(options, async (database) => {
      await prepareSchema(database);
      return new SqliteKeyStorageAdapter(database, options.shareWith !== undefined);
    });
  }

  private constructor(database: SqliteDatabase, isShared: boolean) {
    const { client, life: beneath } = database;
    const isFile = !isInMemory(database.options.filename);
    this.capabilities = Object.freeze({ durable: isFile, sharedStorage: isFile });
    this.#database = database;
    this.#isShared = isShared;
    this.#life = isShared ? new AdapterLife({ beneath }) : beneath;
    this.#access = new TableAccess({ database, life: this.#life, tables: new KeyTables(client) });
    this.storage = new SqliteKeyStorage(this.#access, () => truncateLog(client));
  }

  get isClosed(): boolean {
    return this.#life.isEnded;
  }

  /**
   * All migrations of keys, and when each was applied: also those of newer versions of this package, if they say that older versions may
   * go on (`compatible`).
   */
  migrations(): Promise<readonly MigrationStatus[]> {
    return this.#access.read(() => keyMigrationsOf(this.#database));
  }

  /** Ends the adapter once the operations in flight have ended, and the connection if it opened that itself. */
  async close(): Promise<void> {
    return this.#life.close({ end: () => (this.#isShared ? undefined : closeDatabase(this.#database)) });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
