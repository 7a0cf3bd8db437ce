import type {
  EventStorage,
  SaveRequest,
  SaveResult,
  SourceNews,
  SourcePlace,
  StorageLatestOptions,
  StorageScanOptions,
} from "@eventfold/store/adapter";
import type { SourceIdentifier, StoredEvent } from "@eventfold/types";
import { translateError } from "./errors/translate-error.ts";
import { EventReader, type EventReaderOptions } from "./reading/event-reader.ts";
import type { ReplicatedHorizon } from "./replication/replicated-horizon.ts";
import type { EventWriter } from "./writing/event-writer.ts";

/** What {@link PostgresEventStorage} is made from. */
export interface PostgresEventStorageParts extends EventReaderOptions {
  readonly writer: EventWriter;
  /** What followers may see; absent: everything. */
  readonly replicated: ReplicatedHorizon | undefined;
}

/** Events outside of every transaction. */
export class PostgresEventStorage extends EventReader implements EventStorage {
  readonly #writer: EventWriter;
  readonly #publishReader: EventReader;
  readonly #replicated: ReplicatedHorizon | undefined;

  constructor(parts: PostgresEventStorageParts) {
    super(parts);
    this.#writer = parts.writer;
    this.#publishReader = new EventReader({ ...parts, run: (statement) => parts.writer.read(statement) });
    this.#replicated = parts.replicated;
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

  override async horizon(source: SourceIdentifier): Promise<number> {
    const horizon = await super.horizon(source);
    return Math.min(horizon, (await this.#replicatedUpTo()) ?? horizon);
  }

  override async *scan(
    source: SourceIdentifier,
    options: StorageScanOptions,
  ): AsyncGenerator<readonly StoredEvent[], void, void> {
    const upTo = options.isFollowing ? await this.#replicatedUpTo() : undefined;
    const { sequenceNumberBefore: before = Number.POSITIVE_INFINITY } = options.bounds;
    const bounds =
      upTo === undefined ? options.bounds : { ...options.bounds, sequenceNumberBefore: Math.min(before, upTo + 1) };
    yield* super.scan(source, { ...options, bounds });
  }

  override async newsOf(places: readonly SourcePlace[]): Promise<readonly SourceNews[]> {
    const upTo = await this.#replicatedUpTo();
    if (upTo === undefined) return super.newsOf(places);
    const beyond = places.map(({ source, after }) => ({ source, after: Math.max(after, upTo) }));
    const news = await super.newsOf([...places, ...beyond]);
    const answers = places.map(async (place, index): Promise<SourceNews> => {
      const [some, more] = [news[index] as SourceNews, news[places.length + index] as SourceNews];
      const isReadable = some.isReadable && (!more.isReadable || (await this.#hasUpTo(place, upTo)));
      return { isReadable, isHeldBack: some.isHeldBack || more.isReadable || more.isHeldBack };
    });
    return Promise.all(answers);
  }

  async #hasUpTo({ source, after }: SourcePlace, upTo: number): Promise<boolean> {
    if (after >= upTo) return false;
    const bounds = { sequenceNumberAfter: after, sequenceNumberBefore: upTo + 1 };
    const options = { bounds, direction: "forwards", limit: 1, signal: undefined, isFollowing: true } as const;
    for await (const _ of super.scan(source, options)) return true;
    return false;
  }

  async #replicatedUpTo(): Promise<number | undefined> {
    try {
      return await this.#replicated?.upTo();
    } catch (error) {
      throw translateError(error);
    }
  }
}
