import { AsyncLocalStorage } from "node:async_hooks";
import { AdapterClosedError, NestedPublishError } from "@eventfold/types";
import type { Client } from "../connection/client.ts";
import type { DatabaseFile } from "../connection/database-file.ts";
import { type OpenedConnection, openConnection } from "../connection/open-connection.ts";
import type { SharedConnection } from "../connection/shared-connection.ts";
import { storageErrorOf } from "../connection/storage-error.ts";
import { type SettledOptions, type SqliteEventStorageOptions, settled } from "../sqlite-event-storage-options.ts";
import { Coverage } from "../writing/coverage.ts";
import { WriteQueue } from "../writing/write-queue.ts";

/** A transaction on projections, together with the caller's own tables. */
export interface SqliteProjectionTransaction {
  /**
   * The connection that the transaction is open on. Use it for your own tables; leave beginning and ending the
   * transaction, and the tables that begin with `eventfold_`, to the adapter.
   */
  readonly client: Client;
}

/** The connection of a projection storage that shares with nobody. */
export class OwnConnection implements SharedConnection {
  readonly client: Client;
  readonly file: DatabaseFile;
  readonly options: SettledOptions;
  readonly #coverage = new Coverage();
  readonly #queue: WriteQueue;
  readonly #ended = new WeakMap<object, () => boolean>();
  /** Tells whether a call is made from inside the callback of a transaction that is still open. */
  readonly #inside = new AsyncLocalStorage<{ isOpen: boolean }>();
  #closing: Promise<void> | undefined;

  /** Opens a database as the event adapter does, and creates it when it is missing. */
  static async open(options: SqliteEventStorageOptions): Promise<OwnConnection> {
    const checked = settled(options);
    const untilMs = performance.now() + checked.writeTimeoutMs;
    return new OwnConnection(await openConnection({ ...checked, untilMs }), checked);
  }

  private constructor({ client, file }: OpenedConnection, options: SettledOptions) {
    this.client = client;
    this.file = file;
    this.options = options;
    const { writeTimeoutMs } = options;
    this.#queue = new WriteQueue({ client, file, visibility: this.#coverage, writeTimeoutMs, onCommitted: () => {} });
  }

  covering(): number | undefined {
    return this.#coverage.covering;
  }

  closedBy(): Error | undefined {
    return this.#closing === undefined ? undefined : new AdapterClosedError();
  }

  refusal(): Error | undefined {
    return this.closedBy() ?? (this.#inside.getStore()?.isOpen === true ? new NestedPublishError() : undefined);
  }

  exclusively<T>(work: () => Promise<T>): Promise<T> {
    return this.#queue.exclusively(work);
  }

  hasEnded(transaction: object): boolean | undefined {
    return this.#ended.get(transaction)?.();
  }

  /** Runs work in one transaction, alone. */
  async transaction<T>(work: (transaction: SqliteProjectionTransaction) => Promise<T>): Promise<T> {
    const refusal = this.refusal();
    if (refusal !== undefined) throw refusal;
    const marker = { isOpen: true };
    const transaction: SqliteProjectionTransaction = { client: this.client };
    this.#ended.set(transaction, () => !marker.isOpen);
    return this.exclusively(async () => {
      try {
        return await this.#inside.run(marker, () => work(transaction));
      } finally {
        marker.isOpen = false;
      }
    });
  }

  /** Ends the connection once the writes in its queue have ended. */
  async close(): Promise<void> {
    if (this.#inside.getStore()?.isOpen === true) throw new NestedPublishError();
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    await this.#queue.idle();
    try {
      this.client.close();
    } catch (error) {
      throw storageErrorOf(error);
    }
  }
}
