import {
  boundaryUpToHorizon,
  type EventQueryItem,
  type EventStorage,
  type Lifetime,
  type SaveRequest,
  type SaveResult,
  type ScanBounds,
  type SourceNews,
  type SourcePlace,
  type StorageBoundary,
  type StorageListingOptions,
  type StorageScanOptions,
  type StoredEventText,
  type StoredTextsOptions,
} from "@eventfold/store/adapter";
import type { SourceIdentifier, StoredEvent } from "@eventfold/types";
import { compareCodePoints } from "./code-point-order.ts";
import type { MemoryEventLog } from "./memory-event-log.ts";
import { eventOf } from "./memory-record.ts";
import { findRecords } from "./record-search.ts";
import { boundsPast, windowOf } from "./record-window.ts";
import { textPages } from "./text-pages.ts";

const PAGE_SIZE = 256;
const LONGEST_TURN_MS = 8;

/** What a view of the log may do and see. */
export interface MemoryView {
  /** The last sequence number that the view shows. */
  horizon(): number;
  /** How long it lasts: as the adapter, or as a transaction. */
  readonly lifetime: Lifetime;
  /** Rejects when the view has ended. */
  save(request: SaveRequest): Promise<SaveResult>;
}

/** The log, as it is seen from outside or from inside a transaction. */
export class MemoryEventStorage implements EventStorage {
  readonly #log: MemoryEventLog;
  readonly #view: MemoryView;

  constructor(log: MemoryEventLog, view: MemoryView) {
    this.#log = log;
    this.#view = view;
  }

  get isClosed(): boolean {
    return this.#view.lifetime.isEnded;
  }

  save(request: SaveRequest): Promise<SaveResult> {
    return this.#view.save(request);
  }

  async latest(source: SourceIdentifier): Promise<StoredEvent | undefined> {
    this.#view.lifetime.throwIfEnded();
    const records = this.#log.recordsOf(source);
    const last = records.at(-1);
    const horizon = this.#view.horizon();
    const latest = last && last.sequenceNumber > horizon ? records[windowOf(records, {}, horizon).end - 1] : last;
    return latest && eventOf(latest);
  }

  /** One for all sources: one writer at a time numbers and commits. */
  async horizon(_source: SourceIdentifier): Promise<number> {
    this.#view.lifetime.throwIfEnded();
    return Math.min(this.#view.horizon(), this.#log.next - 1);
  }

  boundary(items: readonly EventQueryItem[]): Promise<StorageBoundary> {
    return boundaryUpToHorizon(this, items);
  }

  async newsOf(places: readonly SourcePlace[]): Promise<readonly SourceNews[]> {
    this.#view.lifetime.throwIfEnded();
    return places.map(({ source, after }) => {
      const { start, end } = windowOf(
        this.#log.recordsOf(source),
        { sequenceNumberAfter: after },
        this.#view.horizon(),
      );
      return { isReadable: start < end, isHeldBack: false };
    });
  }

  async eventById(id: string): Promise<StoredEvent | undefined> {
    this.#view.lifetime.throwIfEnded();
    const record = this.#log.byId(id);
    return record && record.sequenceNumber <= this.#view.horizon() ? eventOf(record) : undefined;
  }

  async *scan(source: SourceIdentifier, options: StorageScanOptions): AsyncGenerator<readonly StoredEvent[]> {
    this.#view.lifetime.throwIfEnded();
    let left = options.limit ?? Number.POSITIVE_INFINITY;
    let bounds = this.#boundsOfNow(options.bounds);
    let turnBeganAtMs = performance.now();
    while (left > 0) {
      if (performance.now() - turnBeganAtMs > LONGEST_TURN_MS) {
        await new Promise(setImmediate); // timers and signals get their turn in a long scan
        turnBeganAtMs = performance.now();
      }
      options.signal?.throwIfAborted();
      const page = findRecords(this.#log, {
        source,
        bounds,
        direction: options.direction,
        limit: Math.min(left, PAGE_SIZE),
        horizon: this.#view.horizon(),
      });
      const last = page.at(-1);
      if (last === undefined) return;
      bounds = boundsPast(last, { ...options, bounds });
      left -= page.length;
      yield page.map(eventOf);
      this.#view.lifetime.throwIfEnded();
    }
  }

  async *storedTexts(
    source: SourceIdentifier,
    options: StoredTextsOptions,
  ): AsyncGenerator<readonly StoredEventText[]> {
    this.#view.lifetime.throwIfEnded();
    options.signal?.throwIfAborted();
    const horizon = Math.min(this.#view.horizon(), this.#log.next - 1);
    for (const page of textPages(this.#log.storedRecordsOf(source), { ...options, horizon })) {
      yield page;
      this.#view.lifetime.throwIfEnded();
      await new Promise(setImmediate); // a page takes long to write
      options.signal?.throwIfAborted();
    }
  }

  async *categories(options: StorageListingOptions): AsyncGenerator<readonly string[]> {
    this.#view.lifetime.throwIfEnded();
    yield* this.#names(this.#log.categoryNames(this.#view.horizon()), options);
  }

  async *streams(category: string, options: StorageListingOptions): AsyncGenerator<readonly string[]> {
    this.#view.lifetime.throwIfEnded();
    yield* this.#names(this.#log.streamNames(category, this.#view.horizon()), options);
  }

  /** A scan ends where the log ended when it began: a caller who publishes for each event would never see its end. */
  #boundsOfNow(bounds: ScanBounds): ScanBounds {
    const end = Math.min(bounds.sequenceNumberBefore ?? Number.POSITIVE_INFINITY, this.#log.next);
    return { ...bounds, sequenceNumberBefore: end };
  }

  *#pages(names: readonly string[]): Generator<readonly string[]> {
    for (let start = 0; start < names.length; start += PAGE_SIZE) {
      yield names.slice(start, start + PAGE_SIZE);
      this.#view.lifetime.throwIfEnded();
    }
  }

  #names(sorted: readonly string[], { after, limit }: StorageListingOptions): Generator<readonly string[]> {
    const names = after === undefined ? sorted : sorted.filter((name) => compareCodePoints(name, after) > 0);
    return this.#pages(names.slice(0, limit));
  }
}
