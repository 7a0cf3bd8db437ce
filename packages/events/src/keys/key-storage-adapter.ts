import type { KeyStorage } from "./key-storage.ts";

/** What an adapter can do. The conformance suite skips only what is declared `false` here, and says so. */
export interface KeyStorageCapabilities {
  /** What was acknowledged is still there when the process has ended and the storage is opened again. */
  readonly durable: boolean;
  /** Several adapters, in one process or many, may be open on the same storage at once. */
  readonly sharedStorage: boolean;
}

/**
 * A running adapter: the key storage of a database, opened by the adapter's own `open`, alone or with `shareWith: eventAdapter` on the
 * database of an event storage adapter.
 */
export interface KeyStorageAdapter {
  readonly capabilities: KeyStorageCapabilities;
  readonly storage: KeyStorage;

  /** Whether the adapter is closed, and every further call fails. */
  readonly isClosed: boolean;

  /**
   * Ends the adapter. It waits for operations in flight, is idempotent, and ends only what `open` opened: an adapter that shares ends
   * nothing of the event adapter. Once the event adapter is closed, calls fail with `AdapterClosedError` too.
   */
  close(): Promise<void>;

  [Symbol.asyncDispose](): Promise<void>;
}
