import type {
  EventStorage,
  SaveRequest,
  SaveResult,
  StorageListingOptions,
  StorageScanOptions,
  Transaction,
} from "@eventfold/store";
import { type SourceIdentifier, type StoredEvent, TransactionEndedError } from "@eventfold/types";
import type BetterSqlite3 from "better-sqlite3";
import type { Client } from "./connection/client.ts";
import { StatementCache } from "./connection/statement-cache.ts";
import { ConnectionScope } from "./reading/connection-scope.ts";
import { categoryNames, streamNames } from "./reading/listing.ts";
import { eventWithId, horizonOf, latestOf } from "./reading/point-reads.ts";
import type { ReadScope } from "./reading/read-scope.ts";
import { scanPages } from "./reading/scan.ts";
import { storageErrorOn } from "./schema/missing-tables.ts";
import { PublishWriter } from "./writing/publish-writer.ts";
import { runAtOnce } from "./writing/run-in-turns.ts";
import { resultOf, type Verdict } from "./writing/verdict.ts";

/** A transaction of SQLite that events are published in, together with the caller's own tables. */
export interface SqliteTransaction extends Transaction {
  /**
   * The connection that the transaction is open on. Use it for your own tables; leave beginning and ending the
   * transaction, and the tables that begin with `eventfold_`, to the adapter. End every iterator inside the callback.
   */
  readonly client: BetterSqlite3.Database;
}

/** What a scope inside a transaction works with. */
export interface TransactionStorageOptions {
  readonly client: Client;
  /** Whether the transaction has ended. */
  readonly hasEnded: () => boolean;
  readonly timeoutMs: number;
  /** Called after a publish has been written; when it throws, the publish is undone. */
  readonly onWritten?: (() => void) | undefined;
}

/**
 * Events inside an open transaction. A publish is written at once, in one piece, so that one which is not awaited cannot
 * be half in the transaction when it commits.
 */
export class TransactionStorage implements EventStorage {
  readonly #client: Client;
  readonly #scope: ReadScope;
  readonly #writer: PublishWriter;
  readonly #onWritten: (() => void) | undefined;

  constructor({ client, hasEnded, timeoutMs, onWritten }: TransactionStorageOptions) {
    const statements = StatementCache.of(client);
    this.#client = client;
    this.#onWritten = onWritten;
    this.#writer = new PublishWriter(statements);
    this.#scope = new ConnectionScope({
      statements,
      visibleUpTo: () => Number.MAX_SAFE_INTEGER - 1,
      closedBy: () => (hasEnded() || !client.inTransaction ? new TransactionEndedError() : undefined),
      timeoutMs,
    });
  }

  get isClosed(): boolean {
    return this.#scope.isClosed;
  }

  async save(request: SaveRequest): Promise<SaveResult> {
    if (this.isClosed) throw new TransactionEndedError();
    try {
      return runAtOnce(resultOf(this.#written(request)));
    } catch (error) {
      throw storageErrorOn(this.#client, error);
    }
  }

  latest(source: SourceIdentifier): Promise<StoredEvent | undefined> {
    return latestOf(this.#scope, source);
  }

  horizon(_source: SourceIdentifier): Promise<number> {
    return horizonOf(this.#scope);
  }

  eventById(id: string): Promise<StoredEvent | undefined> {
    return eventWithId(this.#scope, id);
  }

  scan(source: SourceIdentifier, options: StorageScanOptions): AsyncIterable<readonly StoredEvent[]> {
    return scanPages(this.#scope, source, options);
  }

  categories(options: StorageListingOptions): AsyncIterable<readonly string[]> {
    return categoryNames(this.#scope, options);
  }

  streams(category: string, options: StorageListingOptions): AsyncIterable<readonly string[]> {
    return streamNames(this.#scope, category, options);
  }

  /** Writes behind a savepoint: the caller may catch a failure and commit the rest, but never half a publish. */
  #written(request: SaveRequest): Verdict {
    const statements = StatementCache.of(this.#client);
    statements.prepared("SAVEPOINT eventfold_publish").run();
    try {
      const verdict = runAtOnce(this.#writer.write(request));
      if (verdict.kind === "written") this.#onWritten?.();
      return verdict;
    } catch (error) {
      // On a full disk SQLite has rolled back the whole transaction, and the savepoint with it.
      if (this.#client.inTransaction) statements.prepared("ROLLBACK TO eventfold_publish").run();
      throw error;
    } finally {
      if (this.#client.inTransaction) statements.prepared("RELEASE eventfold_publish").run();
    }
  }
}
