import type { StorageFinding } from "./storage-finding.ts";
import type { StorageStatus } from "./storage-status.ts";
import type { StructureStep } from "./structure-step.ts";

/** How the structure of a log is to be checked. */
export interface StructureOptions {
  /** When it is aborted, the next step rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * How people look at a storage that is in use: whether it is whole, what it is, and what endangers it. Nothing here writes, and
 * nothing holds up writers.
 *
 * @example
 * ```ts
 * for await (const step of adapter.inspection?.structure() ?? []) if (step.kind === "fault") console.log(step.fault, step.message);
 * ```
 */
export interface StorageInspection {
  /**
   * Checks all events that are stored when it begins, of the library's own categories too: that the positions of each stream go up
   * from 0 without gaps, in the order of their sequence numbers; that numbers, times and names are within their limits; that
   * payloads, metadata and tags are JSON; that indexes and the table of tags agree with the events; and that the sequence is
   * not below the newest number. It reads every event, so it takes about as long as a scan of the log; its memory depends neither
   * on the number of events nor on that of streams.
   *
   * It says how far it has come after each part, and lastly, if everything was checked, that it has come to the end: `checkedUpTo`
   * is `upTo`. It stops for no fault, and yields each as it is found. A log without faults may still lack events: the newest of a stream, or a whole stream, are
   * missed by nobody, and an event that was replaced by a valid one looks valid. Only comparing digests shows that.
   *
   * A step after the close rejects, even one after the last step.
   *
   * @throws `AdapterClosedError` (`ADAPTER_CLOSED`) after the close; a storage error when the storage fails as a whole.
   */
  structure(options?: StructureOptions): AsyncIterable<StructureStep>;

  /**
   * What the log is, how far it has come, and how much space it takes. It counts nothing and reads no events, so it is quick on
   * a log of any size.
   *
   * @throws `AdapterClosedError` (`ADAPTER_CLOSED`) after the close; a storage error when the storage fails.
   */
  status(): Promise<StorageStatus>;

  /**
   * Looks at settings, rights and surroundings that endanger events or speed. Each thing that it looks at is one finding, also if
   * it is sound; several where several are adverse, such as sessions that hold a lock. The worst come first.
   *
   * @throws `AdapterClosedError` (`ADAPTER_CLOSED`) after the close; a storage error when the storage fails.
   */
  diagnose(): Promise<readonly StorageFinding[]>;
}
