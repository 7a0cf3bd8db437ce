import type { AdapterLife } from "@eventfold/store/adapter";
import type { SqliteDatabase } from "../connection/sqlite-database.ts";
import { StatementCache } from "../connection/statement-cache.ts";
import { type ProjectionTables, STORED_TABLES } from "../query/projection-tables.ts";
import { ConnectionScope } from "../reading/connection-scope.ts";
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

/** Projections outside of every transaction: what is committed. Their own writes are in one piece with the commit. */
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
    const { database, reader, life } = this.#options;
    const readNow = () =>
      reading(reader, this.#images.committedTables(database.openTransaction.number) ?? STORED_TABLES);
    return life.track(this.#scope.read(readNow));
  }

  write<T>(writing: (writer: ProjectionWriter) => T): Promise<T> {
    return this.#options.life.track(this.#write(writing));
  }

  async #write<T>(writing: (writer: ProjectionWriter) => T): Promise<T> {
    const { database, life } = this.#options;
    life.throwIfMayNotWrite();
    return database.queue.write(() => writing(this.#writer));
  }
}
