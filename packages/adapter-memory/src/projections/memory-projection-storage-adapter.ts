import type {
  ProjectionStorage,
  ProjectionStorageAdapter,
  ProjectionStorageCapabilities,
} from "@eventfold/projections";
import { type AnyQueryFunction, type QueryFunctions, queryFunctions } from "@eventfold/query";
import { AdapterLife, checkedTimeoutMs, memberNames, withKnownMembers } from "@eventfold/store/adapter";
import { sharedDatabase } from "../memory-database.ts";
import type { MemoryEventStorageAdapter } from "../memory-event-storage-adapter.ts";
import { MemoryTables } from "../memory-tables.ts";
import { type MemoryTransaction, MemoryTransactions } from "../memory-transactions.ts";
import { MemoryProjectionStorage } from "./memory-projection-storage.ts";
import { MemoryProjectionChanges, type MemoryProjectionTable } from "./memory-projection-table.ts";

/** How a memory adapter for projections is opened. */
export interface MemoryProjectionStorageAdapterOptions {
  /**
   * The memory adapter whose transactions events and projections are to be written in together. All that share with it have the same
   * projections. Default: none.
   */
  readonly shareWith?: MemoryEventStorageAdapter | undefined;
  /**
   * How long a save waits for a transaction, in milliseconds. Default: 30,000. With `shareWith` the event adapter's
   * applies, and giving one here is a `TypeError`.
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

const OPTIONS = memberNames<MemoryProjectionStorageAdapterOptions>({
  shareWith: true,
  writeTimeoutMs: true,
  functions: true,
});

/**
 * Projections in memory: for tests, for trying things out, and as the reference for every other adapter. They are gone
 * with the adapter. Reads share frozen projections.
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
  readonly #table: MemoryProjectionTable;
  readonly #shareWith: MemoryEventStorageAdapter | undefined;
  readonly #life: AdapterLife;
  readonly #transactions: MemoryTransactions;
  readonly #within: WeakMap<object, ProjectionStorage>;

  private constructor({ shareWith, writeTimeoutMs, functions = [] }: MemoryProjectionStorageAdapterOptions) {
    const shared = shareWith && sharedDatabase({ shareWith, writeTimeoutMs });
    const tables = shared?.tables ?? new MemoryTables();
    this.functions = queryFunctions(...functions);
    this.#table = tables.projections;
    this.#within = tables.projectionsWithin;
    this.#shareWith = shareWith;
    this.#life = new AdapterLife({ beneath: shared?.life });
    this.#transactions =
      shared?.transactions ??
      new MemoryTransactions(this.#life, checkedTimeoutMs("writeTimeoutMs", writeTimeoutMs ?? 30_000));
    this.storage = new MemoryProjectionStorage({
      lifetime: this.#life,
      view: this.#table,
      write: (work) => this.#write(work),
    });
  }

  /**
   * Opens an empty storage in memory.
   *
   * @throws `TypeError` when two functions have the same name.
   */
  static async open(options: MemoryProjectionStorageAdapterOptions = {}): Promise<MemoryProjectionStorageAdapter> {
    withKnownMembers("The options of MemoryProjectionStorageAdapter.open", options, OPTIONS);
    return new MemoryProjectionStorageAdapter(options);
  }

  get isClosed(): boolean {
    return this.#life.isEnded;
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
    this.#life.throwIfEnded();
    if (this.#shareWith !== undefined) return this.#life.track(this.#shareWith.transaction(work));
    return this.#transactions.run(() => Object.freeze({ kind: "memory-projection-transaction" }), work);
  }

  within(transaction: object): ProjectionStorage {
    const known = this.#within.get(transaction);
    if (known !== undefined) return known;
    const opened = this.#transactions.openedAs(transaction);
    const storage = this.#storageWithin(opened);
    this.#within.set(transaction, storage);
    return storage;
  }

  async close(): Promise<void> {
    return this.#life.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #storageWithin(transaction: MemoryTransaction): ProjectionStorage {
    const { scope } = transaction;
    const changes = new MemoryProjectionChanges(this.#table);
    transaction.join({ commit: () => this.#table.apply(changes), rollback: () => {} });
    return new MemoryProjectionStorage({
      lifetime: scope,
      view: changes,
      write: async (work) => {
        scope.throwIfEnded();
        return work(changes);
      },
    });
  }

  async #write<T>(work: (changes: MemoryProjectionChanges) => T): Promise<T> {
    this.#life.throwIfMayNotWrite();
    return this.#life.track(this.#transactions.write(() => this.#commit(work)));
  }

  #commit<T>(work: (changes: MemoryProjectionChanges) => T): T {
    const changes = new MemoryProjectionChanges(this.#table);
    const result = work(changes);
    this.#table.apply(changes);
    return result;
  }
}
