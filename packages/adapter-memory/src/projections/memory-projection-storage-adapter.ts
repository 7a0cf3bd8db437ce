import type {
  ProjectionStorage,
  ProjectionStorageAdapter,
  ProjectionStorageCapabilities,
} from "@eventfold/projections";
import { type AnyQueryFunction, type QueryFunctions, queryFunctions } from "@eventfold/query";
import { checkedTimeoutMs } from "@eventfold/store";
import { AdapterClosedError, UnsuitableTransactionError } from "@eventfold/types";
import { InFlight } from "../in-flight.ts";
import type { MemoryEventStorageAdapter } from "../memory-event-storage-adapter.ts";
import { MemoryTransactions, type TransactionScope } from "../memory-transactions.ts";
import { type SharedMemory, sharedMemoryOf } from "../shared-memory.ts";
import { MemoryProjectionStorage } from "./memory-projection-storage.ts";
import { MemoryProjectionChanges, MemoryProjectionTable } from "./memory-projection-table.ts";

/** How a memory adapter for projections is opened. */
export interface MemoryProjectionStorageAdapterOptions {
  /** The memory adapter whose transactions events and projections are to be written in together. Default: none. */
  readonly shareWith?: MemoryEventStorageAdapter | undefined;
  /**
   * How long a save waits for a transaction, in milliseconds. Default: 30,000. With `shareWith` the event adapter's counts,
   * and giving one here is a `TypeError`.
   */
  readonly writeTimeoutMs?: number | undefined;
  /** Functions of your own that queries may call, made with `defineFunction`. Default: none. */
  readonly functions?: readonly AnyQueryFunction[] | undefined;
}

const CAPABILITIES: ProjectionStorageCapabilities = Object.freeze({
  durable: false,
  sharedStorage: false,
  transactions: true,
});

/**
 * Projections in memory: for tests, for trying things out, and the reference for what every other adapter does. They are
 * gone with the adapter. Reads share frozen projections.
 *
 * Loading costs the same for any number of projections; searching, counting and locating by source test every one of the
 * name.
 *
 * @example
 * ```ts
 * const events = await MemoryEventStorageAdapter.open();
 * const projections = await MemoryProjectionStorageAdapter.open({ shareWith: events });
 * const projectionStore = new ProjectionStore({ adapter: projections });
 * ```
 */
export class MemoryProjectionStorageAdapter implements ProjectionStorageAdapter {
  readonly capabilities: ProjectionStorageCapabilities = CAPABILITIES;
  readonly functions: QueryFunctions;
  readonly storage: ProjectionStorage;
  readonly #table = new MemoryProjectionTable();
  readonly #shareWith: MemoryEventStorageAdapter | undefined;
  readonly #memory: SharedMemory | undefined;
  readonly #transactions: MemoryTransactions;
  /** The projections within each transaction, made when they are first asked for. */
  readonly #within = new WeakMap<object, ProjectionStorage>();
  readonly #scopes = new WeakMap<object, TransactionScope>();
  readonly #inFlight = new InFlight();
  #isClosed = false;

  private constructor({ shareWith, writeTimeoutMs, functions = [] }: MemoryProjectionStorageAdapterOptions) {
    this.functions = queryFunctions(...functions);
    this.#shareWith = shareWith;
    this.#memory = shareWith && checkedMemory(shareWith, writeTimeoutMs);
    this.#transactions =
      this.#memory?.transactions ??
      new MemoryTransactions(checkedTimeoutMs("writeTimeoutMs", writeTimeoutMs ?? 30_000));
    this.storage = new MemoryProjectionStorage({
      view: this.#table,
      ended: () => this.#ended(),
      write: (work) => this.#write(work),
    });
  }

  /**
   * Opens an empty storage in memory.
   *
   * @throws `TypeError` when two functions have the same name.
   */
  static async open(options: MemoryProjectionStorageAdapterOptions = {}): Promise<MemoryProjectionStorageAdapter> {
    return new MemoryProjectionStorageAdapter(options);
  }

  get isClosed(): boolean {
    return this.#ended() !== undefined;
  }

  /**
   * Runs work in one transaction, of the event adapter where it shares with one. Other writers wait until it ends; readers
   * outside see nothing of it before.
   *
   * @returns what the work returns, once committed.
   * @throws what the work throws, rolled back; `NestedPublishError` inside another transaction's callback;
   * `StorageBusyError` when its turn does not come in time.
   */
  async transaction<T>(work: (transaction: object) => Promise<T>): Promise<T> {
    this.#refuse();
    if (this.#shareWith !== undefined) return this.#shareWith.transaction(work);
    return this.#inFlight.track(
      this.#transactions.run((scope) => {
        const transaction = Object.freeze({ kind: "memory-projection-transaction" });
        this.#scopes.set(transaction, scope);
        return work(transaction);
      }),
    );
  }

  within(transaction: object): ProjectionStorage {
    const known = this.#within.get(transaction);
    if (known !== undefined) return known;
    const scope = this.#scopes.get(transaction) ?? this.#memory?.scopeOf(transaction);
    if (scope === undefined) {
      throw new UnsuitableTransactionError(
        "The transaction is of another adapter. Open this one with `shareWith` to use the event adapter's transactions.",
      );
    }
    const storage = this.#storageWithin(scope);
    this.#within.set(transaction, storage);
    return storage;
  }

  async close(): Promise<void> {
    this.#transactions.refuseInside();
    this.#isClosed = true;
    await this.#inFlight.ended();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #storageWithin(scope: TransactionScope): ProjectionStorage {
    const changes = new MemoryProjectionChanges(this.#table);
    scope.join({ commit: () => this.#table.apply(changes), rollback: () => {} });
    return new MemoryProjectionStorage({
      view: changes,
      ended: scope.ended,
      write: async (work) => {
        const error = scope.ended();
        if (error !== undefined) throw error;
        return work(changes);
      },
    });
  }

  async #write<T>(work: (changes: MemoryProjectionChanges) => T): Promise<T> {
    this.#refuse();
    return this.#inFlight.track(this.#transactions.write(() => this.#commit(work)));
  }

  #commit<T>(work: (changes: MemoryProjectionChanges) => T): T {
    const changes = new MemoryProjectionChanges(this.#table);
    const result = work(changes);
    this.#table.apply(changes);
    return result;
  }

  #ended(): Error | undefined {
    return this.#isClosed ? new AdapterClosedError() : this.#memory?.ended();
  }

  #refuse(): void {
    const error = this.#ended();
    if (error !== undefined) throw error;
    this.#transactions.refuseInside();
  }
}

function checkedMemory(shareWith: MemoryEventStorageAdapter, writeTimeoutMs: number | undefined): SharedMemory {
  if (writeTimeoutMs !== undefined) throw new TypeError("With shareWith, the event adapter's writeTimeoutMs counts.");
  const memory = sharedMemoryOf(shareWith);
  if (memory === undefined) throw new TypeError("shareWith is a MemoryEventStorageAdapter.");
  return memory;
}
