import type { KeyStorage, KeyStorageAdapter, KeyStorageCapabilities } from "@eventfold/events";
import { AdapterLife, memberNames, withKnownMembers } from "@eventfold/store/adapter";
import { sharing } from "../memory-database.ts";
import type { MemoryEventStorageAdapter } from "../memory-event-storage-adapter.ts";
import { MemoryTables } from "../memory-tables.ts";
import { MemoryKeyStorage } from "./memory-key-storage.ts";

/** How a memory adapter for keys is opened. */
export interface MemoryKeyStorageAdapterOptions {
  /** The memory adapter with which this one ends. All that share with it have the same keys. Default: none. */
  readonly shareWith?: MemoryEventStorageAdapter | undefined;
}

const CAPABILITIES: KeyStorageCapabilities = Object.freeze({ durable: false, sharedStorage: false });

const OPTIONS = memberNames<MemoryKeyStorageAdapterOptions>({
  shareWith: true,
});

/**
 * The keys of subjects in memory: for tests, for trying things out, and as the reference for every other adapter. They are gone with the
 * adapter, and with them everything that was encrypted.
 *
 * @example
 * ```ts
 * const keyStore = new KeyStore({ adapter: await MemoryKeyStorageAdapter.open() });
 * ```
 */
export class MemoryKeyStorageAdapter implements KeyStorageAdapter {
  readonly capabilities: KeyStorageCapabilities = CAPABILITIES;
  readonly storage: KeyStorage;
  readonly #life: AdapterLife;

  private constructor({ shareWith }: MemoryKeyStorageAdapterOptions) {
    const shared = shareWith && sharing.sharedBy(shareWith);
    this.#life = new AdapterLife({ beneath: shared?.life });
    this.storage = new MemoryKeyStorage(this.#life, (shared?.tables ?? new MemoryTables()).keys);
  }

  /**
   * Opens an empty storage in memory.
   *
   * @throws `TypeError` when `shareWith` is not a memory event adapter; `AdapterClosedError` when that adapter is closed.
   */
  static async open(options: MemoryKeyStorageAdapterOptions = {}): Promise<MemoryKeyStorageAdapter> {
    withKnownMembers("The options of MemoryKeyStorageAdapter.open", options, OPTIONS);
    const adapter = new MemoryKeyStorageAdapter(options);
    adapter.#life.throwIfEnded();
    return adapter;
  }

  get isClosed(): boolean {
    return this.#life.isEnded;
  }

  async close(): Promise<void> {
    return this.#life.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
