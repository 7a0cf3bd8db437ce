import {
  boundaryUpToHorizon,
  type EventQueryItem,
  type EventStorage,
  type SaveRequest,
  type SaveResult,
  type StorageBoundary,
  type StorageListingOptions,
  type StorageScanOptions,
  type StoredEventText,
  type StoredTextsOptions,
} from "@eventfold/store/adapter";
import type { SourceIdentifier, StoredEvent } from "@eventfold/types";
import { categoryNames, streamNames } from "./reading/listing.ts";
import { eventWithId, horizonOf, latestOf } from "./reading/point-reads.ts";
import type { ReadScope } from "./reading/read-scope.ts";
import { scanPages, textPages } from "./reading/scan.ts";

/** Events in SQLite, as they are seen from outside or from inside a transaction. */
export class SqliteEventStorage implements EventStorage {
  readonly #scope: ReadScope;
  readonly #save: (request: SaveRequest) => Promise<SaveResult>;

  constructor(scope: ReadScope, save: (request: SaveRequest) => Promise<SaveResult>) {
    this.#scope = scope;
    this.#save = save;
  }

  get isClosed(): boolean {
    return this.#scope.isClosed;
  }

  save(request: SaveRequest): Promise<SaveResult> {
    return this.#save(request);
  }

  latest(source: SourceIdentifier): Promise<StoredEvent | undefined> {
    return latestOf(this.#scope, source);
  }

  horizon(_source: SourceIdentifier): Promise<number> {
    return horizonOf(this.#scope);
  }

  boundary(items: readonly EventQueryItem[]): Promise<StorageBoundary> {
    return boundaryUpToHorizon(this, items);
  }

  eventById(id: string): Promise<StoredEvent | undefined> {
    return eventWithId(this.#scope, id);
  }

  scan(source: SourceIdentifier, options: StorageScanOptions): AsyncIterable<readonly StoredEvent[]> {
    return scanPages(this.#scope, source, options);
  }

  storedTexts(source: SourceIdentifier, options: StoredTextsOptions): AsyncIterable<readonly StoredEventText[]> {
    return textPages(this.#scope, source, options);
  }

  categories(options: StorageListingOptions): AsyncIterable<readonly string[]> {
    return categoryNames(this.#scope, options);
  }

  streams(category: string, options: StorageListingOptions): AsyncIterable<readonly string[]> {
    return streamNames(this.#scope, category, options);
  }
}
