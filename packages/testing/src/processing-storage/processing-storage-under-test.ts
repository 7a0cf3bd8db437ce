import type { ProcessingStorageAdapter } from "@eventfold/processing";
import type { EventStorageAdapter } from "@eventfold/store";

/** What a test may ask of an adapter that it opens. Pass it on to `open`. */
export interface ProcessingOpenSettings {
  readonly writeTimeoutMs?: number | undefined;
}

/** An event adapter, and a processing adapter that was opened with `shareWith` it. */
export interface SharedProcessingAdapters {
  readonly events: EventStorageAdapter;
  readonly processing: ProcessingStorageAdapter;
}

/** One fresh storage for processing: a database, a file, a directory. */
export interface ProcessingStorageUnderTest {
  /**
   * Opens an adapter on the storage. A second call opens another on the same storage: after the first was closed (the
   * adapter is `durable`), or in addition to it (`sharedStorage`). The suite closes what it opens.
   */
  open(settings?: ProcessingOpenSettings): Promise<ProcessingStorageAdapter>;
  /**
   * Opens an event adapter, and a processing adapter that shares with it. It is called on separate storage. The suite closes
   * both. If it is left out, the tests of sharing are skipped.
   */
  openShared?(settings?: ProcessingOpenSettings): Promise<SharedProcessingAdapters>;
  /** Removes the storage; all adapters are closed by then. */
  dispose(): Promise<void>;
}
