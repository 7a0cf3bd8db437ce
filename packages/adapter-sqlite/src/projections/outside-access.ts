import type { AdapterLife } from "@eventfold/store/adapter";
import type { SqliteDatabase } from "../connection/sqlite-database.ts";
import { StatementCache } from "../connection/statement-cache.ts";
import { type ProjectionTables, STORED_TABLES } from "../query/projection-tables.ts";
import { ConnectionScope } from "../reading/connection-scope.ts";
import { translateErrorOn } from "../schema/missing-tables.ts";
import { BeforeImages } from "./before-images.ts";
import type { ProjectionAccess } from "./projection-access.ts";
import type { ProjectionReader } from "./projection-reader.ts";
import { ProjectionWriter } from "./projection-writer.ts";

/** What an access from outside works with. */
export interface OutsideAccessOptions {
  readonly database: SqliteDatabase;
  readonly reader: ProjectionReader;
  /** The life of the adapter, which may end before that of the database. */
  readonly life: AdapterLife;
}

/** Writes of a connection that are not yet committed, although nothing but their commit is left to do. */
const committing = new WeakMap<object, Promise<unknown>>();

/** Projections outside of every transaction: what is committed. */
export class OutsideAccess implements ProjectionAccess {
  readonly #options: OutsideAccessOptions;
  readonly #images: BeforeImages;
  readonly #writer: ProjectionWriter;
  readonly #scope: ConnectionScope;

  constructor(options: OutsideAccessOptions) {
    const { client, file, options: opened } = options.database;
    this.#options = options;
    this.#images = BeforeImages.of(client);
    this.#writer = new ProjectionWriter(client);
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

  read<T>(reading: (reader: ProjectionReader, tables: ProjectionTables) => T): Promise<T> {
    return this.#options.life.track(this.#read(reading));
  }

  write<T>(writing: (writer: ProjectionWriter) => T): Promise<T> {
    return this.#options.life.track(this.#write(writing));
  }

  async #read<T>(reading: (reader: ProjectionReader, tables: ProjectionTables) => T): Promise<T> {
    const { database, reader } = this.#options;
    for (;;) {
      const outcome = await this.#scope.read(() => {
        const commit = committing.get(database.client);
        if (commit !== undefined) return { commit };
        const tables = this.#images.committedTables(database.openTransaction.number) ?? STORED_TABLES;
        return { result: reading(reader, tables) };
      });
      if ("result" in outcome) return outcome.result as T;
      await outcome.commit;
    }
  }

  async #write<T>(writing: (writer: ProjectionWriter) => T): Promise<T> {
    const { client, queue } = this.#options.database;
    this.#options.life.throwIfMayNotWrite();
    const ended = Promise.withResolvers<void>();
    try {
      return await queue.exclusively(async () => {
        committing.set(client, ended.promise);
        return this.#written(writing);
      });
    } finally {
      if (committing.get(client) === ended.promise) committing.delete(client);
      ended.resolve();
    }
  }

  #written<T>(writing: (writer: ProjectionWriter) => T): T {
    try {
      return writing(this.#writer);
    } catch (error) {
      throw translateErrorOn(this.#options.database.client, error);
    }
  }
}
