import type { SourceIdentifier, StoredEvent } from "@eventfold/types";
import type { AllowedPositions } from "./allowed-positions.ts";
import type { EventQueryItem } from "./event-query-item.ts";
import type { PreparedEvent } from "./prepared-event.ts";
import type { StoredEventText, StoredTextsOptions } from "./stored-event-text.ts";

/** What one publish asks of one stream. A publish names a stream once. */
export interface StreamWrite {
  readonly category: string;
  readonly stream: string;
  /** The events for the next positions of the stream. Empty: the write only checks. */
  readonly events: readonly PreparedEvent[];
  /** What the stream's latest position must be. `undefined`: whatever it is. */
  readonly allowed: AllowedPositions | undefined;
}

/** A publish is refused when an event of the log matches one of the items and has a number above `after`. */
export interface FailIf {
  /**
   * From 1 to 100. Each has names, or tags, or both; each list that is present has no duplicates and is not empty. An event matches an
   * item if it has one of its names and all of its tags.
   */
  readonly items: readonly EventQueryItem[];
  /** A sequence number, 0 or more. */
  readonly after: number;
}

/** One publish: all of its writes take place, or none. */
export interface SaveRequest {
  /** At least one; ids are distinct over all of them. */
  readonly writes: readonly StreamWrite[];
  /**
   * Which events must not have been published. It is judged with the writes, as one indivisible step: an event that matches is stored
   * either before the judgement, which then sees it, or after this publish. Events of categories that begin with `$` never match.
   * Absent: whatever was published.
   */
  readonly failIf?: FailIf | undefined;
}

/** A write whose stream was not at an allowed position. */
export interface UnmetWrite {
  /** The index of the write in the request. */
  readonly write: number;
  /** The stream's latest position; `undefined` when it is empty. */
  readonly latestPosition: number | undefined;
}

/**
 * How a publish was judged. An adapter judges in this order: repeat, duplicate, unmet, matched, and stores only what is none
 * of these.
 *
 * - `stored`: the events, per write, as they were stored. Sequence numbers rise over the whole publish.
 * - `repeat`: every id was stored already, in the stream of its write, at rising positions in the given order. Gives
 *   the stored events, per write. Nothing was written. A request without events is never a repeat.
 * - `duplicate`: at least one id is stored already, but it is not a repeat. Gives those ids, in request order. Nothing
 *   was written.
 * - `unmet`: at least one stream is not at an allowed position. All such writes, in order. Nothing was written.
 * - `matched`: an event matches {@link SaveRequest.failIf}. Gives the lowest sequence number above `after` of those that
 *   match. Nothing was written.
 */
export type SaveResult =
  | { readonly kind: "stored"; readonly events: readonly (readonly StoredEvent[])[] }
  | { readonly kind: "repeat"; readonly events: readonly (readonly StoredEvent[])[] }
  | { readonly kind: "duplicate"; readonly ids: readonly string[] }
  | { readonly kind: "unmet"; readonly unmet: readonly UnmetWrite[] }
  | { readonly kind: "matched"; readonly sequenceNumber: number };

/** What was read of the events that match a query. */
export interface StorageBoundary {
  /** By sequence number. */
  readonly events: readonly StoredEvent[];
  /** The number up to which, inclusive, these are all events that match, now and forever. */
  readonly after: number;
}

/**
 * Exclusive bounds, to which the store reduces constraints. An absent member bounds nothing; all given ones must hold.
 */
export interface ScanBounds {
  readonly sequenceNumberAfter?: number | undefined;
  readonly sequenceNumberBefore?: number | undefined;
  /** Only for streams. */
  readonly positionAfter?: number | undefined;
  /** Only for streams. */
  readonly positionBefore?: number | undefined;
  /** Epoch milliseconds. */
  readonly occurredAfterMs?: number | undefined;
  readonly occurredBeforeMs?: number | undefined;
  readonly observedAfterMs?: number | undefined;
  readonly observedBeforeMs?: number | undefined;
  /** Only events with one of these names; an empty list admits none. */
  readonly names?: readonly string[] | undefined;
  /**
   * Only events that match one of these items, as those of {@link FailIf}; at most 100, and an empty list admits none. Where `names`
   * is given too, both must hold.
   */
  readonly matching?: readonly EventQueryItem[] | undefined;
}

/** How a source is to be scanned. */
export interface StorageScanOptions {
  readonly bounds: ScanBounds;
  /** By sequence number. */
  readonly direction: "forwards" | "backwards";
  /** The most events to yield, 1 or more; `undefined`: all. */
  readonly limit: number | undefined;
  /** When it is aborted, the next step rejects with its reason. */
  readonly signal: AbortSignal | undefined;
  /**
   * `true` for a follower, which comes back for more: instead of waiting for writers in flight the adapter may end the
   * scan before their events, but not before the {@link EventStorage.horizon}. It must never skip one and show a newer
   * one.
   */
  readonly isFollowing: boolean;
}

/** How the newest event is to be found. */
export interface StorageLatestOptions {
  /**
   * `true` where a publish depends on it because its write condition is a predicate. After a passing failure it is then
   * repeated, as a publish is, for at most the adapter's `writeTimeoutMs`. Default: `false`.
   */
  readonly isPublishing?: boolean | undefined;
}

/** How names are to be listed: in code-point order. */
export interface StorageListingOptions {
  /** Only names after this one. */
  readonly after: string | undefined;
  /** The most names to yield, 1 or more; `undefined`: all. */
  readonly limit: number | undefined;
}

/**
 * Where events are stored: what an adapter offers, and what a transaction of it offers too. The store validates before
 * it calls, so an implementation only stores and finds.
 *
 * Every failure of the storage beneath is one of the library's errors (`StorageUnavailableError`, `StorageBusyError`,
 * `StorageFullError` …), recognised by the driver's code, with the driver's error as `cause`.
 *
 * Categories that begin with `$` are the library's own: they can be written and read by name, and are left out of scans
 * and the latest event of the log and of the listing of categories.
 */
export interface EventStorage {
  /** Whether every further call fails: the adapter is closed, or the transaction has ended. */
  readonly isClosed: boolean;

  /**
   * Stores one publish, all or nothing, judged and written as one indivisible step. It waits its turn behind other
   * writers for at most the adapter's `writeTimeoutMs`. Within a transaction its turn lasts until that ends, even for a
   * write that only checks: other publishes in the same scope of order (the stream, its category, the log) wait.
   *
   * @throws `StorageBusyError` when its turn does not come in time.
   * @throws `StorageUnavailableError` when the storage cannot be reached or the reply was lost for good.
   * @throws `AdapterClosedError` or `TransactionEndedError` when {@link EventStorage.isClosed}.
   */
  save(request: SaveRequest): Promise<SaveResult>;

  /** The newest event of the source, or `undefined` when it has none. */
  latest(source: SourceIdentifier, options?: StorageLatestOptions): Promise<StoredEvent | undefined>;

  /**
   * The horizon of a source: the number up to which, inclusive, nothing more can come. Every event of the source whose
   * number is at or below it can be read by calls that begin after the answer, and no writer in flight can still store
   * another one. It never waits for writers.
   *
   * An integer of 0 or more. As long as no writer that the source has to be ordered with is in flight, it is at or
   * above the newest event of the source, and may be far above: a source that is empty has a horizon too, 0 on a log
   * that was never written to. It never goes backwards on one server: readers pass over what lies below it, so a
   * follower's scan that begins after the answer has to show everything up to it.
   *
   * Within a transaction the transaction's own events count as stored, and only other writers hold the horizon back.
   *
   * @throws `StorageReadOnlyError` where a standby cannot tell who is writing: for a source that is wider than the
   * ordering guarantee, as for scans of it.
   */
  horizon(source: SourceIdentifier): Promise<number>;

  /**
   * All events of the log that match one of the items, as those of {@link FailIf}, and the number up to which they are all: a publish
   * that is to fail if anything has changed since is given that number.
   *
   * It sees every event published before the call, as a scan of the log does, so where writers run in parallel it waits for those
   * in flight. Most of all, `after` has to be true: no event at or below it that matches may come to light later, whatever writers
   * were in flight. It is a number that was settled before the events were read (see {@link EventStorage.horizon}), and the events
   * are read up to it; the number of the last event read is not one, because a writer in flight may have a lower number.
   * {@link boundaryUpToHorizon} does it where one writer at a time stores.
   *
   * Within a transaction the transaction's own events count as stored, and other writers are not waited for: it ends at the horizon.
   *
   * @throws as {@link EventStorage.scan} of the log and {@link EventStorage.horizon} do.
   */
  boundary(items: readonly EventQueryItem[]): Promise<StorageBoundary>;

  /** The event with this id, a canonical lower-case UUID, or `undefined`. */
  eventById(id: string): Promise<StoredEvent | undefined>;

  /**
   * The events of a source by sequence number, in pages that are never empty. It does nothing before the first step; it
   * sees every event published before that step, none twice, and may see those published meanwhile. Between pages it
   * holds no connection, lock or statement. Pages are bounded by count and by bytes. A step after the close rejects,
   * even one after the last page: it must not look as if the source had ended.
   */
  scan(source: SourceIdentifier, options: StorageScanOptions): AsyncIterable<readonly StoredEvent[]>;

  /**
   * The events of a source by sequence number as they are stored, with payload and metadata as JSON text, which nobody parses:
   * for moving them, for adding them up, and for looking into them. What was stored damaged comes as it is.
   *
   * It sees what a {@link EventStorage.scan} sees, pages are bounded as there, by what is yielded of the texts, and nothing is held
   * between them. Unlike a scan, the log includes categories that begin with `$`.
   *
   * Optional: an adapter that has it passes the tests of rule 28.
   *
   * @throws as {@link EventStorage.scan} does.
   *
   * @example
   * ```ts
   * for await (const page of storage.storedTexts({ kind: "log" }, { direction: "backwards", limit: 20, maxTextLength: 200 })) {
   *   for (const { sequenceNumber, name, payload } of page) console.log(sequenceNumber, name, payload);
   * }
   * ```
   */
  storedTexts?(source: SourceIdentifier, options: StoredTextsOptions): AsyncIterable<readonly StoredEventText[]>;

  /** The names of all categories with events, in pages that are never empty, in code-point order. */
  categories(options: StorageListingOptions): AsyncIterable<readonly string[]>;

  /** The names of all streams with events in a category, in pages that are never empty, in code-point order. */
  streams(category: string, options: StorageListingOptions): AsyncIterable<readonly string[]>;
}
