import type { AnyEvents, SourceIdentifier, StoredEvent } from "@eventfold/types";
import type { ScanOptions } from "./scan-options.ts";

/**
 * Anything events can be read from: a stream, a category, the log, or a list in memory. It is iterable as it is, again
 * and again.
 *
 * @example
 * ```ts
 * async function count(source: EventSource): Promise<number> {
 *   let events = 0;
 *   for await (const _ of source) events++;
 *   return events;
 * }
 * ```
 */
export interface EventSource<TEvents extends object = AnyEvents> extends AsyncIterable<StoredEvent<TEvents>> {
  /** What it is. */
  readonly identifier: SourceIdentifier;

  /**
   * The events by sequence number, lazily: it does nothing before the first step, and a fault in the options rejects
   * that step. It sees every event published before it started, none twice, and may see those published meanwhile.
   */
  scan(options?: ScanOptions<TEvents>): AsyncIterableIterator<StoredEvent<TEvents>>;

  /**
   * What {@link EventSource.scan} yields, page by page, as the storage reads it: for whoever works on many events at once. No page
   * is empty, and how many events one holds is up to the storage.
   *
   * @example
   * ```ts
   * for await (const page of stream.pages()) console.log(page.length);
   * ```
   */
  pages(options?: ScanOptions<TEvents>): AsyncIterableIterator<readonly StoredEvent<TEvents>[]>;

  /** What {@link EventSource.scan} yields, collected. All of it is in memory at once. */
  read(options?: ScanOptions<TEvents>): Promise<StoredEvent<TEvents>[]>;

  /** The newest event, or `undefined` when there is none. */
  latest(): Promise<StoredEvent<TEvents> | undefined>;
}
