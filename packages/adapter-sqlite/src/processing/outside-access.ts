import type { AdapterLife } from "@eventfold/store/adapter";
import type { ChangeWatch } from "../changes/change-watch.ts";
import type { SqliteDatabase } from "../connection/sqlite-database.ts";
import { StatementCache } from "../connection/statement-cache.ts";
import { ConnectionScope } from "../reading/connection-scope.ts";
import { ProcessingTables } from "./processing-tables.ts";

/** What {@link OutsideAccess} is made from. */
export interface OutsideAccessOptions {
  readonly database: SqliteDatabase;
  /** The life of the adapter, which may end before that of the database. */
  readonly life: AdapterLife;
  readonly changes: ChangeWatch;
}

/**
 * Processing outside of every transaction. The rows of processing, those of a transaction too, are written and committed without
 * giving up the event loop in between, so everything that can be read on the connection, at any time, is committed.
 */
export class OutsideAccess {
  readonly #options: OutsideAccessOptions;
  readonly #statements: StatementCache;
  readonly #tables: ProcessingTables;
  readonly #scope: ConnectionScope;

  constructor(options: OutsideAccessOptions) {
    const { client, file, options: opened } = options.database;
    this.#options = options;
    this.#statements = StatementCache.of(client);
    this.#tables = new ProcessingTables(client);
    this.#scope = new ConnectionScope({
      statements: this.#statements,
      file,
      visibleUpTo: () => 0,
      lifetime: options.life,
      timeoutMs: opened.writeTimeoutMs,
    });
  }

  get isClosed(): boolean {
    return this.#scope.isClosed;
  }

  /** Reads one consistent state. */
  read<T>(reading: (tables: ProcessingTables) => T): Promise<T> {
    return this.#options.life.track(this.#scope.read(() => this.#consistently(() => reading(this.#tables))));
  }

  /** Writes all or nothing, when its turn comes. */
  write<T>(writing: (tables: ProcessingTables) => T): Promise<T> {
    return this.#options.life.track(this.#write(writing));
  }

  async #write<T>(writing: (tables: ProcessingTables) => T): Promise<T> {
    const { life, database, changes } = this.#options;
    life.throwIfMayNotWrite();
    const result = await database.queue.write(() => writing(this.#tables));
    changes.look();
    return result;
  }

  /** Reads in such a way that several statements see one state of the file. */
  #consistently<T>(reading: () => T): T {
    if (this.#statements.client.inTransaction) return reading();
    this.#statements.prepared("BEGIN").run();
    try {
      return reading();
    } finally {
      this.#statements.prepared("COMMIT").run();
    }
  }
}
