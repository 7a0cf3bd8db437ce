import type { ProjectionStorageAdapter } from "@eventfold/projections";
import type { AnyQueryFunction } from "@eventfold/query";
import type { EventStorageAdapter } from "@eventfold/store";

/** What a test may ask of an adapter that it opens. Pass it on to `open`. */
export interface ProjectionOpenSettings {
  readonly writeTimeoutMs?: number | undefined;
  /** Some of the `suiteFunctions`, in the order in which they are to be registered. */
  readonly functions?: readonly AnyQueryFunction[] | undefined;
}

/** An event adapter, and a projection adapter that was opened with `shareWith` it. */
export interface SharedAdapters {
  readonly events: EventStorageAdapter;
  readonly projections: ProjectionStorageAdapter;
}

/** One fresh storage for projections: a database, a file, a directory. */
export interface ProjectionStorageUnderTest {
  /**
   * Opens an adapter on the storage. A second call opens another on the same storage: after the first was closed (the
   * adapter is `durable`), or in addition to it (`sharedStorage`). The suite closes what it opens.
   */
  open(settings?: ProjectionOpenSettings): Promise<ProjectionStorageAdapter>;
  /**
   * Opens an event adapter, and a projection adapter that shares with it. It is called on separate storage. The suite closes
   * both. If it is left out, the tests of sharing are skipped.
   */
  openShared?(settings?: ProjectionOpenSettings): Promise<SharedAdapters>;
  /** Removes the storage; all adapters are closed by then. */
  dispose(): Promise<void>;
}
