import type { KeyStorageAdapter } from "@eventfold/events";
import type { EventStorageAdapter } from "@eventfold/store";

/** An event adapter, and a key storage adapter that was opened with `shareWith` it. */
export interface SharedKeyAdapters {
  readonly events: EventStorageAdapter;
  readonly keys: KeyStorageAdapter;
}

/** One fresh storage for keys: a database, a file, a directory. */
export interface KeyStorageUnderTest {
  /**
   * Opens an adapter on the storage. A second call opens another on the same storage: after the first was closed (the adapter is
   * `durable`), or in addition to it (`sharedStorage`). The suite closes what it opens.
   */
  open(): Promise<KeyStorageAdapter>;
  /**
   * Opens an event adapter, and a key storage adapter that shares with it. It is called on separate storage. The suite closes both. If
   * it is left out, the tests of sharing are skipped.
   */
  openShared?(): Promise<SharedKeyAdapters>;
  /** Removes the storage; all adapters are closed by then. */
  dispose(): Promise<void>;
}
