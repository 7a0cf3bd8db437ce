import {
  ChangeListeners,
  checkedOrderingGuarantee,
  checkedTimeoutMs,
  type EventStorage,
  type EventStorageAdapter,
  type OrderingGuarantee,
  type SaveRequest,
  type SaveResult,
  type SourceNews,
  type SourcePlace,
  type StorageCapabilities,
  type Transaction,
} from "@eventfold/store";
import { AdapterClosedError } from "@eventfold/types";
import { InFlight } from "./in-flight.ts";
import { judge } from "./judgement.ts";
import { MemoryEventLog } from "./memory-event-log.ts";
import { MemoryEventStorage } from "./memory-event-storage.ts";
import { eventOf, recordOf } from "./memory-record.ts";
import { MemoryTransactions, type TransactionScope } from "./memory-transactions.ts";
import { share } from "./shared-memory.ts";

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

/**
 * Events in memory: for tests, for trying things out, and the reference for what every other adapter does. The events
 * are gone with the adapter. Events that are read share their frozen payloads.
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
  readonly #log = new MemoryEventLog();
  readonly #outside: MemoryEventStorage;
  readonly #transactions: MemoryTransactions;
  readonly #scopes = new WeakMap<object, TransactionScope>();
  readonly #listeners = new ChangeListeners();
  readonly #inFlight = new InFlight();
  #isClosed = false;

  private constructor({ orderingGuarantee = "log", writeTimeoutMs = 30_000 }: MemoryEventStorageAdapterOptions) {
    this.orderingGuarantee = checkedOrderingGuarantee(orderingGuarantee);
    this.#transactions = new MemoryTransactions(checkedTimeoutMs("writeTimeoutMs", writeTimeoutMs));
    const ended = (): Error | undefined => (this.#isClosed ? new AdapterClosedError() : undefined);
    this.#outside = new MemoryEventStorage(this.#log, {
      horizon: () => this.#log.committed,
      ended,
      save: (request) => this.#save(request),
    });
    this.storage = this.#outside;
    share(this, {
      transactions: this.#transactions,
      ended,
      scopeOf: (transaction) => this.#scopes.get(transaction),
    });
  }

  /** Opens an empty log in memory. */
  static async open(options: MemoryEventStorageAdapterOptions = {}): Promise<MemoryEventStorageAdapter> {
    return new MemoryEventStorageAdapter(options);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  newsOf(places: readonly SourcePlace[]): Promise<readonly SourceNews[]> {
    return this.#outside.newsOf(places);
  }

  onChange(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  /**
   * Runs work in one transaction. Other publishes wait until it ends; readers outside see nothing of it before.
   *
   * @returns what the work returns, once committed.
   * @throws what the work throws, rolled back; `NestedPublishError` inside another transaction's callback;
   * `StorageBusyError` when its turn does not come in time.
   */
  async transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    this.#refuse();
    return this.#inFlight.track(this.#runTransaction(work));
  }

  async close(): Promise<void> {
    this.#transactions.refuseInside();
    this.#isClosed = true;
    this.#listeners.wake(); // followers that wait find the adapter closed
    await this.#inFlight.ended();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #save(request: SaveRequest): Promise<SaveResult> {
    this.#refuse();
    if (this.#transactions.isFree) return this.#commit(request);
    return this.#inFlight.track(this.#transactions.write(() => this.#commit(request)));
  }

  #commit(request: SaveRequest): SaveResult {
    const result = this.#write(request);
    if (result.kind === "stored") {
      this.#log.commit();
      this.#listeners.wake();
    }
    return result;
  }

  #write(request: SaveRequest): SaveResult {
    const verdict = judge(this.#log, request);
    if (verdict !== undefined) return verdict;
    const events = request.writes.map(({ category, stream, events }) => {
      const first = this.#log.streamRecords(category, stream).length;
      return events.map((event, index) => {
        const place = { category, stream, position: first + index, sequenceNumber: this.#log.next };
        const record = recordOf(event, place);
        this.#log.append(record);
        return eventOf(record);
      });
    });
    return { kind: "stored", events };
  }

  async #runTransaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    try {
      return await this.#transactions.run((scope) => work(this.#transactionOf(scope)));
    } finally {
      this.#listeners.wake();
    }
  }

  #transactionOf(scope: TransactionScope): Transaction {
    scope.join({ commit: () => this.#log.commit(), rollback: () => this.#log.rollback() });
    const storage = new MemoryEventStorage(this.#log, {
      horizon: () => Number.POSITIVE_INFINITY,
      ended: scope.ended,
      save: async (request) => {
        const error = scope.ended();
        if (error !== undefined) throw error;
        return this.#write(request);
      },
    });
    const transaction: Transaction = { storage, rollbackWith: scope.rollbackWith };
    this.#scopes.set(transaction, scope);
    return transaction;
  }

  #refuse(): void {
    if (this.#isClosed) throw new AdapterClosedError();
    this.#transactions.refuseInside();
  }
}
