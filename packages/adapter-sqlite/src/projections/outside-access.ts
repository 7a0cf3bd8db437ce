import type { SharedConnection } from "../connection/shared-connection.ts";
import { StatementCache } from "../connection/statement-cache.ts";
import { type ProjectionTables, STORED_TABLES } from "../query/projection-tables.ts";
import { ConnectionScope } from "../reading/connection-scope.ts";
import { storageErrorOn } from "../schema/missing-tables.ts";
import { BeforeImages } from "./before-images.ts";
import type { ProjectionAccess } from "./projection-access.ts";
import type { ProjectionReader } from "./projection-reader.ts";
import { ProjectionWriter } from "./projection-writer.ts";

/** What an access from outside works with. */
export interface OutsideAccessOptions {
  readonly connection: SharedConnection;
  readonly reader: ProjectionReader;
  /** Why every call fails, once the adapter is closed. */
  readonly closedBy: () => Error | undefined;
}

/** Writes of a connection that are not yet committed, although nothing but their commit is left to do. */
const committing = new WeakMap<object, Promise<unknown>>();

/** Projections outside of every transaction: what is committed. */
export class OutsideAccess implements ProjectionAccess {
  readonly #options: OutsideAccessOptions;
  readonly #images: BeforeImages;
  readonly #writer: ProjectionWriter;
  readonly #scope: ConnectionScope;
  readonly #inFlight = new Set<Promise<unknown>>();

  constructor(options: OutsideAccessOptions) {
    const { client, file, options: opened } = options.connection;
    this.#options = options;
    this.#images = BeforeImages.of(client);
    this.#writer = new ProjectionWriter(client);
    this.#scope = new ConnectionScope({
      statements: StatementCache.of(client),
      file,
      visibleUpTo: () => 0,
      closedBy: options.closedBy,
      timeoutMs: opened.writeTimeoutMs,
    });
  }

  get isClosed(): boolean {
    return this.#scope.isClosed;
  }

  read<T>(reading: (reader: ProjectionReader, tables: ProjectionTables) => T): Promise<T> {
    return this.#tracked(this.#read(reading));
  }

  write<T>(writing: (writer: ProjectionWriter) => T): Promise<T> {
    return this.#tracked(this.#write(writing));
  }

  /** Fulfils when nothing is in flight any more. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#inFlight);
  }

  async #tracked<T>(operation: Promise<T>): Promise<T> {
    this.#inFlight.add(operation);
    try {
      return await operation;
    } finally {
      this.#inFlight.delete(operation);
    }
  }

  async #read<T>(reading: (reader: ProjectionReader, tables: ProjectionTables) => T): Promise<T> {
    const { connection, reader } = this.#options;
    for (;;) {
      const outcome = await this.#scope.read(() => {
        const commit = committing.get(connection.client);
        if (commit !== undefined) return { commit };
        const tables = this.#images.committedTables(connection.covering()) ?? STORED_TABLES;
        return { result: reading(reader, tables) };
      });
      if ("result" in outcome) return outcome.result as T;
      await outcome.commit;
    }
  }

  async #write<T>(writing: (writer: ProjectionWriter) => T): Promise<T> {
    const { connection, closedBy } = this.#options;
    const refusal = closedBy() ?? connection.refusal();
    if (refusal !== undefined) throw refusal;
    const ended = Promise.withResolvers<void>();
    try {
      return await connection.exclusively(async () => {
        committing.set(connection.client, ended.promise);
        return this.#written(writing);
      });
    } finally {
      if (committing.get(connection.client) === ended.promise) committing.delete(connection.client);
      ended.resolve();
    }
  }

  #written<T>(writing: (writer: ProjectionWriter) => T): T {
    try {
      return writing(this.#writer);
    } catch (error) {
      throw storageErrorOn(this.#options.connection.client, error);
    }
  }
}
