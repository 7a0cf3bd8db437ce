import type { AdapterLife } from "@eventfold/store/adapter";
import { ConnectionScope } from "../reading/connection-scope.ts";
import { readConsistently } from "./read-consistently.ts";
import type { SqliteDatabase } from "./sqlite-database.ts";
import { StatementCache } from "./statement-cache.ts";

/** What {@link TableAccess} is made from. */
export interface TableAccessOptions<TTables> {
  readonly database: SqliteDatabase;
  /** The life of the adapter, which may end before that of the database. */
  readonly life: AdapterLife;
  /** The tables on the connection. All their calls are synchronous. */
  readonly tables: TTables;
  /** Called after each write, once it is committed. Default: nothing. */
  readonly onWritten?: (() => void) | undefined;
}

/**
 * Tables outside of every transaction. Their rows, those of a transaction too, are written and committed without giving up the event loop
 * in between, so everything that can be read on the connection, at any time, is committed.
 */
export class TableAccess<TTables> {
  readonly #options: TableAccessOptions<TTables>;
  readonly #scope: ConnectionScope;

  constructor(options: TableAccessOptions<TTables>) {
    const { client, file, options: opened } = options.database;
    this.#options = options;
    this.#scope = new ConnectionScope({
      statements: StatementCache.of(client),
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
  read<T>(reading: (tables: TTables) => T): Promise<T> {
    const { database, life, tables } = this.#options;
    const { client } = database;
    return life.track(this.#scope.read(() => readConsistently(client, () => reading(tables))));
  }

  /** Writes all or nothing, when its turn comes. */
  write<T>(writing: (tables: TTables) => T): Promise<T> {
    return this.#options.life.track(this.#write(writing));
  }

  async #write<T>(writing: (tables: TTables) => T): Promise<T> {
    const { life, database, tables, onWritten } = this.#options;
    life.throwIfMayNotWrite();
    const result = await database.queue.write(() => writing(tables));
    onWritten?.();
    return result;
  }
}
