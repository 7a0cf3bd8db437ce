import {
  AdapterLife,
  checkedOrderingGuarantee,
  checkedRestoreBatch,
  checkedTimeoutMs,
  type EventStorage,
  type EventStorageAdapter,
  type OrderingGuarantee,
  type RestoreBatch,
  type SaveRequest,
  type SaveResult,
  type SourceNews,
  type SourcePlace,
  type StorageCapabilities,
  type StorageInspection,
  type Transaction,
  type TransactionOptions,
  WakeUps,
  memberNames,
  withKnownMembers,
} from "@eventfold/store/adapter";
import { sharing } from "./memory-database.ts";
import { MemoryEventLog } from "./memory-event-log.ts";
import { MemoryEventStorage } from "./memory-event-storage.ts";
import { MemoryInspection } from "./memory-inspection.ts";
import { MemoryTables } from "./memory-tables.ts";
import { type MemoryTransaction, MemoryTransactions } from "./memory-transactions.ts";
import { writeBatch } from "./write-batch.ts";
import { writePublish } from "./write-publish.ts";

/** How a memory adapter is opened. */
export interface MemoryEventStorageAdapterOptions {
  /** What readers may rely on; in memory the log's order costs nothing. Default: `"log"`. */
  readonly orderingGuarantee?: OrderingGuarantee | undefined;
  /** How long a publish waits for a transaction that holds the log, in milliseconds. Default: 30,000. */
  readonly writeTimeoutMs?: number | undefined;
}

const CAPABILITIES: StorageCapabilities = Object.freeze({
  durable: false,
  sharedStorage: false,
  transactions: true,
  notifications: true,
});

const OPTIONS = memberNames<MemoryEventStorageAdapterOptions>({
  orderingGuarantee: true,
  writeTimeoutMs: true,
});

/**
 * Events in memory: for tests, for trying things out, and as the reference for every other adapter. The events are gone
 * with the adapter. Events that are read share their frozen payloads.
 *
 * Finding the latest event and an event by id costs the same for any number of events; a scan starts with a binary
 * search.
 *
 * @example
 * ```ts
 * const adapter = await MemoryEventStorageAdapter.open();
 * const store = new EventStore({ adapter });
 * ```
 */
export class MemoryEventStorageAdapter implements EventStorageAdapter {
  readonly orderingGuarantee: OrderingGuarantee;
  readonly capabilities: StorageCapabilities = CAPABILITIES;
  readonly storage: EventStorage;
  readonly inspection: StorageInspection;
  readonly #life = new AdapterLife();
  readonly #wakeUps = new WakeUps();
  readonly #log = new MemoryEventLog();
  readonly #outside: MemoryEventStorage;
  readonly #transactions: MemoryTransactions;

  private constructor({ orderingGuarantee = "log", writeTimeoutMs = 30_000 }: MemoryEventStorageAdapterOptions) {
    this.orderingGuarantee = checkedOrderingGuarantee(orderingGuarantee);
    this.#transactions = new MemoryTransactions(this.#life, checkedTimeoutMs("writeTimeoutMs", writeTimeoutMs));
    this.#outside = new MemoryEventStorage(this.#log, {
      lifetime: this.#life,
      horizon: () => this.#log.committed,
      save: (request) => this.#save(request),
    });
    this.storage = this.#outside;
    const [log, lifetime] = [this.#log, this.#life];
    this.inspection = new MemoryInspection({ log, lifetime, orderingGuarantee: this.orderingGuarantee });
    sharing.share(this, { life: this.#life, transactions: this.#transactions, tables: new MemoryTables() });
  }

  /** Opens an empty log in memory. */
  static async open(options: MemoryEventStorageAdapterOptions = {}): Promise<MemoryEventStorageAdapter> {
    withKnownMembers("The options of MemoryEventStorageAdapter.open", options, OPTIONS);
    return new MemoryEventStorageAdapter(options);
  }

  get isClosed(): boolean {
    return this.#life.isEnded;
  }

  newsOf(places: readonly SourcePlace[]): Promise<readonly SourceNews[]> {
    return this.#outside.newsOf(places);
  }

  onChange(listener: () => void): () => void {
    return this.#wakeUps.add(listener);
  }

  /**
   * Runs work in one transaction. Other publishes wait until it ends; readers outside see nothing of it before.
   *
   * @returns what the work returns, once committed.
   * @throws what the work throws, rolled back; `NestedPublishError` inside another transaction's callback;
   * `StorageBusyError` when its turn does not come in time.
   */
  async transaction<T>(work: (transaction: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T> {
    try {
      return await this.#transactions.run((transaction) => this.#handedOut(transaction), work, options);
    } finally {
      this.#wakeUps.wake();
    }
  }

  /** See `EventStorageAdapter.restore`. */
  async restore(given: RestoreBatch): Promise<void> {
    this.#life.throwIfMayNotWrite();
    const batch = checkedRestoreBatch(given);
    await this.#transactions.write(() => {
      writeBatch(this.#log, batch);
      this.#log.commit();
      this.#wakeUps.wake();
    });
  }

  async close(): Promise<void> {
    return this.#life.close({ announce: () => this.#wakeUps.wake() });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #save(request: SaveRequest): Promise<SaveResult> {
    this.#life.throwIfMayNotWrite();
    if (this.#transactions.isFree) return this.#commit(request);
    return this.#transactions.write(() => this.#commit(request));
  }

  #commit(request: SaveRequest): SaveResult {
    const result = writePublish(this.#log, request);
    if (result.kind === "stored") {
      this.#log.commit();
      this.#wakeUps.wake();
    }
    return result;
  }

  #handedOut(transaction: MemoryTransaction): Transaction {
    const { scope } = transaction;
    transaction.join({ commit: () => this.#log.commit(), rollback: () => this.#log.rollback() });
    const storage = new MemoryEventStorage(this.#log, {
      lifetime: scope,
      horizon: () => Number.POSITIVE_INFINITY,
      save: async (request) => {
        scope.throwIfEnded();
        return writePublish(this.#log, request);
      },
    });
    return { storage, rollbackWith: scope.rollbackWith };
  }
}
