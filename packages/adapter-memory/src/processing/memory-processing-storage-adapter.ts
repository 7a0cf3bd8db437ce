import type {
  ProcessingStorage,
  ProcessingStorageAdapter,
  ProcessingStorageCapabilities,
  ProcessingTransaction,
} from "@eventfold/processing";
import { AdapterLife, checkedTimeoutMs, memberNames, type WakeUps, withKnownMembers } from "@eventfold/store/adapter";
import { sharedDatabase } from "../memory-database.ts";
import type { MemoryEventStorageAdapter } from "../memory-event-storage-adapter.ts";
import { MemoryTables } from "../memory-tables.ts";
import { MemoryTransactions } from "../memory-transactions.ts";
import { MemoryProcessingStorage } from "./memory-processing-storage.ts";
import { MemoryProcessingTransaction } from "./memory-processing-transaction.ts";
import type { ProcessingTables } from "./processing-tables.ts";

/** How a memory adapter for processing is opened. */
export interface MemoryProcessingStorageAdapterOptions {
  /**
   * The memory adapter in whose transactions events and checkpoints are written together. All that share with it have the same
   * subscriptions, leases and locks. Default: none.
   */
  readonly shareWith?: MemoryEventStorageAdapter | undefined;
  /**
   * How long a transaction waits for another one, in milliseconds. Default: 30,000. With `shareWith` that of the event adapter
   * applies, and giving one here is a `TypeError`.
   */
  readonly writeTimeoutMs?: number | undefined;
}

const CAPABILITIES: ProcessingStorageCapabilities = Object.freeze({
  durable: false,
  sharedStorage: false,
  transactions: true,
  notifications: true,
});

const OPTIONS = memberNames<MemoryProcessingStorageAdapterOptions>({
  shareWith: true,
  writeTimeoutMs: true,
});

/**
 * Subscriptions, leases, checkpoints, parked events and locks in memory: for tests, for trying things out, and as the reference
 * for every other adapter. They are gone with the adapter. Several brokers of one process may use it at once.
 *
 * @example
 * ```ts
 * const events = await MemoryEventStorageAdapter.open();
 * const processing = await MemoryProcessingStorageAdapter.open({ shareWith: events });
 * ```
 */
export class MemoryProcessingStorageAdapter implements ProcessingStorageAdapter {
  readonly capabilities: ProcessingStorageCapabilities = CAPABILITIES;
  readonly transactionsAtOnce = 1;
  readonly storage: ProcessingStorage;
  readonly #tables: ProcessingTables;
  readonly #wakeUps: WakeUps;
  readonly #shareWith: MemoryEventStorageAdapter | undefined;
  readonly #life: AdapterLife;
  readonly #transactions: MemoryTransactions;
  readonly #within: WeakMap<object, ProcessingTransaction>;

  private constructor({ shareWith, writeTimeoutMs }: MemoryProcessingStorageAdapterOptions) {
    const shared = shareWith && sharedDatabase({ shareWith, writeTimeoutMs });
    const { processing, processingChanges, processingWithin } = shared?.tables ?? new MemoryTables();
    this.#tables = processing;
    this.#wakeUps = processingChanges;
    this.#within = processingWithin;
    this.#shareWith = shareWith;
    this.#life = new AdapterLife({ beneath: shared?.life });
    this.#transactions =
      shared?.transactions ??
      new MemoryTransactions(this.#life, checkedTimeoutMs("writeTimeoutMs", writeTimeoutMs ?? 30_000));
    this.storage = new MemoryProcessingStorage({ lifetime: this.#life, tables: this.#tables, wakeUps: this.#wakeUps });
  }

  /** Opens an empty storage in memory. */
  static async open(options: MemoryProcessingStorageAdapterOptions = {}): Promise<MemoryProcessingStorageAdapter> {
    withKnownMembers("The options of MemoryProcessingStorageAdapter.open", options, OPTIONS);
    return new MemoryProcessingStorageAdapter(options);
  }

  get isClosed(): boolean {
    return this.#life.isEnded;
  }

  onChange(listener: () => void): () => void {
    return this.#life.isEnded ? () => {} : this.#wakeUps.add(listener);
  }

  /**
   * Runs work in one transaction, of the event adapter if it shares with one. Other transactions wait until it ends. Calls on
   * `storage` do not wait, and see nothing of it before it commits.
   *
   * @returns what the work returns, once committed.
   * @throws what the work throws, rolled back; `LeaseLostError` for a step that could not be taken; `NestedPublishError` inside
   * another transaction's callback; `StorageBusyError` when its turn does not come in time.
   */
  async transaction<T>(work: (transaction: object) => Promise<T>): Promise<T> {
    this.#life.throwIfEnded();
    if (this.#shareWith !== undefined) return this.#life.track(this.#shareWith.transaction(work));
    return this.#transactions.run(() => Object.freeze({ kind: "memory-processing-transaction" }), work);
  }

  within(transaction: object): ProcessingTransaction {
    const known = this.#within.get(transaction);
    if (known !== undefined) return known;
    const opened = this.#transactions.openedAs(transaction);
    const processing = new MemoryProcessingTransaction(opened.scope, this.#tables);
    opened.join(processing);
    this.#within.set(transaction, processing);
    return processing;
  }

  async close(): Promise<void> {
    return this.#life.close({ announce: () => this.#wakeUps.wake() });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
