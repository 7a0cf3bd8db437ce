import type { TransactionScope } from "@eventfold/store/adapter";
import { behindSavepoint } from "../connection/behind-savepoint.ts";
import type { Client } from "../connection/client.ts";
import { StatementCache } from "../connection/statement-cache.ts";
import { type ProjectionTables, STORED_TABLES } from "../query/projection-tables.ts";
import { ConnectionScope } from "../reading/connection-scope.ts";
import { translateErrorOn } from "../schema/missing-tables.ts";
import type { BeforeImages } from "./before-images.ts";
import type { ProjectionAccess } from "./projection-access.ts";
import type { ProjectionReader } from "./projection-reader.ts";
import { ProjectionWriter } from "./projection-writer.ts";

/** What an access from inside a transaction works with. */
export interface TransactionAccessOptions {
  readonly client: Client;
  readonly reader: ProjectionReader;
  readonly scope: TransactionScope;
  readonly timeoutMs: number;
  /** How those outside are kept from seeing this; `undefined` on a connection that nobody outside reads on. */
  readonly hidden: { readonly images: BeforeImages; readonly transaction: number } | undefined;
}

/** Projections inside an open transaction: what is committed, and what the transaction has written. */
export class TransactionAccess implements ProjectionAccess {
  readonly #options: TransactionAccessOptions;
  readonly #writer: ProjectionWriter;
  readonly #scope: ConnectionScope;

  constructor(options: TransactionAccessOptions) {
    const { client, scope, hidden, timeoutMs } = options;
    this.#options = options;
    this.#writer = new ProjectionWriter(client, hidden?.images);
    this.#scope = new ConnectionScope({
      statements: StatementCache.of(client),
      visibleUpTo: () => 0,
      lifetime: scope,
      timeoutMs,
    });
  }

  get isClosed(): boolean {
    return this.#scope.isClosed;
  }

  read<T>(reading: (reader: ProjectionReader, tables: ProjectionTables) => T): Promise<T> {
    return this.#scope.read(() => reading(this.#options.reader, STORED_TABLES));
  }

  async write<T>(writing: (writer: ProjectionWriter) => T): Promise<T> {
    const { scope, hidden } = this.#options;
    scope.throwIfEnded();
    try {
      hidden?.images.begin(hidden.transaction);
      return behindSavepoint(this.#options.client, () => writing(this.#writer));
    } catch (error) {
      throw translateErrorOn(this.#options.client, error);
    }
  }
}
