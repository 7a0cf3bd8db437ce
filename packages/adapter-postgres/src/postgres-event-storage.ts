import type { EventStorage, SaveRequest, SaveResult, StorageLatestOptions } from "@eventfold/store";
import type { SourceIdentifier, StoredEvent } from "@eventfold/types";
import { EventReader, type EventReaderOptions } from "./reading/event-reader.ts";

/** What {@link PostgresEventStorage} is made from. */
export interface PostgresEventStorageParts extends EventReaderOptions {
  readonly isClosed: () => boolean;
  /** Runs what a publish has to read; see `StorageLatestOptions.isPublishing`. */
  readonly runPublishing: EventReaderOptions["run"];
  /** Stores a publish. */
  readonly save: (request: SaveRequest) => Promise<SaveResult>;
}

/** Events outside of every transaction. */
export class PostgresEventStorage extends EventReader implements EventStorage {
  readonly #parts: PostgresEventStorageParts;
  readonly #publishReader: EventReader;

  constructor(parts: PostgresEventStorageParts) {
    super(parts);
    this.#parts = parts;
    this.#publishReader = new EventReader({ ...parts, run: parts.runPublishing });
  }

  get isClosed(): boolean {
    return this.#parts.isClosed();
  }

  async save(request: SaveRequest): Promise<SaveResult> {
    return this.#parts.save(request);
  }

  override latest(
    source: SourceIdentifier,
    { isPublishing = false }: StorageLatestOptions = {},
  ): Promise<StoredEvent | undefined> {
    return isPublishing ? this.#publishReader.latest(source) : super.latest(source);
  }
}
