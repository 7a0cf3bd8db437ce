import {
  AdapterClosedError,
  type EventQueryItem,
  type EventStorage,
  type SaveResult,
  type SourceIdentifier,
  type StorageBoundary,
  type StorageListingOptions,
  type StorageScanOptions,
  type StoredEvent,
  type StoredEventText,
  StorageReadOnlyError,
  type StoredTextsOptions,
} from "@eventfold/store/adapter";

/** The events of a replica: those of its file, for reading. */
export class ReplicaStorage implements EventStorage {
  readonly #copy: EventStorage;

  constructor(copy: EventStorage) {
    this.#copy = copy;
  }

  get isClosed(): boolean {
    return this.#copy.isClosed;
  }

  /** @throws `StorageReadOnlyError` (`STORAGE_READ_ONLY`): what the log does not have would make the replica another log. */
  async save(): Promise<SaveResult> {
    if (this.isClosed) throw new AdapterClosedError();
    throw new StorageReadOnlyError("A replica only follows its log. Publish to the log itself.");
  }

  latest(source: SourceIdentifier): Promise<StoredEvent | undefined> {
    return this.#copy.latest(source);
  }

  horizon(source: SourceIdentifier): Promise<number> {
    return this.#copy.horizon(source);
  }

  boundary(items: readonly EventQueryItem[]): Promise<StorageBoundary> {
    return this.#copy.boundary(items);
  }

  eventById(id: string): Promise<StoredEvent | undefined> {
    return this.#copy.eventById(id);
  }

  scan(source: SourceIdentifier, options: StorageScanOptions): AsyncIterable<readonly StoredEvent[]> {
    return this.#copy.scan(source, options);
  }

  storedTexts(source: SourceIdentifier, options: StoredTextsOptions): AsyncIterable<readonly StoredEventText[]> {
    return (this.#copy as Required<EventStorage>).storedTexts(source, options);
  }

  categories(options: StorageListingOptions): AsyncIterable<readonly string[]> {
    return this.#copy.categories(options);
  }

  streams(category: string, options: StorageListingOptions): AsyncIterable<readonly string[]> {
    return this.#copy.streams(category, options);
  }
}
