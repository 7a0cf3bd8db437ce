import type { EventStorage, SaveRequest, SaveResult, StorageLatestOptions } from "@eventfold/store/adapter";
import type { SourceIdentifier, StoredEvent } from "@eventfold/types";
import { EventReader, type EventReaderOptions } from "./reading/event-reader.ts";
import type { EventWriter } from "./writing/event-writer.ts";

/** What {@link PostgresEventStorage} is made from. */
export interface PostgresEventStorageParts extends EventReaderOptions {
  readonly writer: EventWriter;
}

/** Events outside of every transaction. */
export class PostgresEventStorage extends EventReader implements EventStorage {
  readonly #writer: EventWriter;
  readonly #publishReader: EventReader;

  constructor(parts: PostgresEventStorageParts) {
    super(parts);
    this.#writer = parts.writer;
    this.#publishReader = new EventReader({ ...parts, run: (statement) => parts.writer.read(statement) });
  }

  save(request: SaveRequest): Promise<SaveResult> {
    return this.#writer.save(request);
  }

  override latest(
    source: SourceIdentifier,
    { isPublishing = false }: StorageLatestOptions = {},
  ): Promise<StoredEvent | undefined> {
    return isPublishing ? this.#publishReader.latest(source) : super.latest(source);
  }
}
