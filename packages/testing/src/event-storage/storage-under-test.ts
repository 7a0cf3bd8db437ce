import type { EventStorageAdapter, OrderingGuarantee } from "@eventfold/store";

/** What a test may ask of an adapter that it opens: the settings that every adapter takes. Pass them on to `open`. */
export interface OpenSettings {
  readonly orderingGuarantee?: OrderingGuarantee | undefined;
  readonly writeTimeoutMs?: number | undefined;
}

/** One fresh storage: a database, a file, a directory. */
export interface StorageUnderTest {
  /**
   * Opens an adapter on the storage. A second call opens another on the same storage: after the first was closed (the
   * adapter is `durable`), or in addition to it (`sharedStorage`). The suite closes what it opens. Only the few tests that
   * need settings pass any.
   */
  open(settings?: OpenSettings): Promise<EventStorageAdapter>;
  /**
   * Cuts every connection that open adapters have to the storage, as a failing network would. Storages without
   * connections leave it out, and the tests that need it are skipped.
   */
  cutConnections?(): Promise<void>;
  /** Removes the storage; all adapters are closed by then. */
  dispose(): Promise<void>;
}
