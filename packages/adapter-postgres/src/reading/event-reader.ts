import type {
  EventQueryItem,
  Lifetime,
  OrderingGuarantee,
  ScanBounds,
  SourceNews,
  SourcePlace,
  StorageBoundary,
  StorageListingOptions,
  StorageScanOptions,
  StoredEventText,
  StoredTextsOptions,
} from "@eventfold/store/adapter";
import { isEventId } from "@eventfold/store/adapter";
import { logIdentifier, type NewestEvent, type SourceIdentifier, type StoredEvent } from "@eventfold/types";
import type { Statement, TextRow } from "../connection/statement.ts";
import { translateError } from "../errors/translate-error.ts";
import type { LogNames } from "../naming/log-names.ts";
import { abortable } from "./abortable.ts";
import { categoriesStatement, streamsStatement } from "./listing-query.ts";
import { boundaryIn, boundaryStatement } from "./matching-query.ts";
import { newsIn, newsStatement } from "./news-query.ts";
import { groupsOf, isLarge } from "./page-groups.ts";
import {
  boundsAfter,
  documentsStatement,
  eventByIdStatement,
  latestNumberStatement,
  latestStatement,
  pageStatement,
} from "./page-query.ts";
import type { PageRequest, TextsRequest } from "./page-request.ts";
import { isWiderThan, settledStatement, waitStatement } from "./read-barrier.ts";
import {
  documentsIn,
  idIn,
  sequenceNumberIn,
  storedEventFrom,
  storedTextFrom,
  textLengthsIn,
} from "./stored-event-row.ts";

const PAGE_SIZE = 1_000;

/** What {@link EventReader} is made from. */
export interface EventReaderOptions {
  readonly names: LogNames;
  readonly orderingGuarantee: OrderingGuarantee;
  /** Runs a statement; its errors are translated here. */
  readonly run: (statement: Statement) => Promise<readonly TextRow[]>;
  /** Whether the caller may wait for writers in flight; a caller that is itself such a writer may not. */
  readonly mayWaitForWriters: () => boolean;
  /** How long a scan of a wider scope waits for writers in flight. */
  readonly barrierTimeoutMs: number;
  /** While this lasts, events can be read. */
  readonly lifetime: Lifetime;
  /** Whether the next page is fetched while one is consumed: not on a caller's connection. */
  readonly prefetches: boolean;
  /** Is told of the newest event of what was read, as often as something is; absent where that may still be rolled back. */
  readonly onRead?: ((event: NewestEvent) => void) | undefined;
}

/** Reads events: page by page, by the bounds of an index, through the read barrier where the scope needs it. */
export class EventReader {
  readonly #options: EventReaderOptions;

  constructor(options: EventReaderOptions) {
    this.#options = options;
  }

  /** See `EventStorage.isClosed`. */
  get isClosed(): boolean {
    return this.#options.lifetime.isEnded;
  }

  /** See `EventStorage.latest`. */
  async latest(source: SourceIdentifier): Promise<StoredEvent | undefined> {
    const upTo = await this.#barrier(source, { isFollowing: false });
    const [row] = await this.#run(latestStatement(this.#options.names, source, upTo));
    return this.#eventIn(row);
  }

  /**
   * See `EventStorage.horizon`. Within the guarantee's scope numbers come in order, so there it is the newest visible
   * number.
   */
  async horizon(source: SourceIdentifier): Promise<number> {
    const { names, orderingGuarantee } = this.#options;
    const isWider = isWiderThan(source, orderingGuarantee);
    const [row] = await this.#run(isWider ? settledStatement(names) : latestNumberStatement(names, source));
    return Number(row?.[0] ?? 0);
  }

  /**
   * See `EventStorage.boundary`. Where one writer at a time stores, everything up to the newest visible number is visible. Elsewhere
   * the barrier says up to which number.
   */
  async boundary(items: readonly EventQueryItem[]): Promise<StorageBoundary> {
    const log = logIdentifier();
    const upTo = await this.#barrier(log, { isFollowing: false });
    const first = upTo === undefined ? await this.#newestBoundary(items) : { after: upTo, rows: undefined };
    const bounds = { matching: items, sequenceNumberBefore: first.after + 1 };
    const options = { bounds, direction: "forwards", limit: undefined, signal: undefined } as const;
    const events: StoredEvent[] = [];
    for await (const page of this.#pages(log, options, first.rows)) for (const event of page) events.push(event);
    return { events, after: first.after };
  }

  async #newestBoundary(matching: readonly EventQueryItem[]): Promise<ReturnType<typeof boundaryIn>> {
    return boundaryIn(await this.#run(boundaryStatement(this.#options.names, { matching, size: PAGE_SIZE })));
  }

  /** See `EventStorageAdapter.newsOf`. */
  async newsOf(places: readonly SourcePlace[]): Promise<readonly SourceNews[]> {
    return newsIn(await this.#run(newsStatement(this.#options.names, places)), places);
  }

  /** See `EventStorage.eventById`. */
  async eventById(id: string): Promise<StoredEvent | undefined> {
    this.#options.lifetime.throwIfEnded();
    if (!isEventId(id)) return undefined; // the server would take other spellings for the same, or fail.
    const [row] = await this.#run(eventByIdStatement(this.#options.names, id));
    return this.#eventIn(row);
  }

  /** See `EventStorage.scan`. */
  async *scan(
    source: SourceIdentifier,
    options: StorageScanOptions,
  ): AsyncGenerator<readonly StoredEvent[], void, void> {
    const { signal } = options;
    this.#throwIfStopped(signal);
    const upTo = await abortable(this.#barrier(source, options), signal);
    yield* this.#pages(source, { ...options, bounds: withUpperBound(options.bounds, upTo) });
  }

  /** See `EventStorage.storedTexts`. */
  async *storedTexts(
    source: SourceIdentifier,
    { after, before, direction, limit, maxTextLength, signal }: StoredTextsOptions,
  ): AsyncGenerator<readonly StoredEventText[], void, void> {
    this.#throwIfStopped(signal);
    const upTo = await abortable(this.#barrierBelow(source, before), signal);
    const bounds = withUpperBound({ sequenceNumberAfter: after, sequenceNumberBefore: before }, upTo);
    const texts = { maxTextLength };
    for await (const page of this.#rowPages(source, { bounds, direction, limit, signal, texts })) {
      yield page.map(({ row, large }) => textIn(row, large, texts));
      this.#throwIfStopped(signal);
    }
  }

  /** The pages within bounds up to which everything can be read; the rows of the first may have been read already. */
  async *#pages(
    source: SourceIdentifier,
    options: Omit<StorageScanOptions, "isFollowing">,
    first?: readonly TextRow[],
  ): AsyncGenerator<readonly StoredEvent[], void, void> {
    for await (const page of this.#rowPages(source, options, first)) {
      yield page.map(({ row, large }) =>
        storedEventFrom(row, large === undefined ? documentsIn(row) : documentsIn(large, 1)),
      );
      this.#throwIfStopped(options.signal);
    }
  }

  async *#rowPages(
    source: SourceIdentifier,
    options: RowOptions,
    first?: readonly TextRow[],
  ): AsyncGenerator<readonly PageRow[], void, void> {
    const { signal, texts } = options;
    let { bounds } = options;
    let remaining = options.limit ?? Number.POSITIVE_INFINITY;
    let pending = first && Promise.resolve(first);
    for (;;) {
      const request = { source, bounds, direction: options.direction, size: Math.min(PAGE_SIZE, remaining), texts };
      const rows = await abortable(pending ?? this.#page(request), signal);
      const last = rows.at(-1);
      if (last === undefined) return;
      this.#note((options.direction === "forwards" ? last : rows[0]) as TextRow);
      remaining -= rows.length;
      const isLastPage = rows.length < request.size || remaining === 0;
      bounds = boundsAfter(last, request);
      pending = isLastPage ? undefined : this.#prefetch({ ...request, bounds, size: Math.min(PAGE_SIZE, remaining) });
      for (const group of groupsOf(rows)) {
        const documents = await abortable(this.#largeDocuments(group, texts), signal);
        yield group.map((row) => ({ row, large: documents?.get(sequenceNumberIn(row)) }));
      }
      if (isLastPage) return;
    }
  }

  /** See `EventStorage.categories`. */
  categories(options: StorageListingOptions): AsyncGenerator<readonly string[], void, void> {
    return this.#names(options, (page) => categoriesStatement(this.#options.names, page));
  }

  /** See `EventStorage.streams`. */
  streams(category: string, options: StorageListingOptions): AsyncGenerator<readonly string[], void, void> {
    return this.#names(options, (page) => streamsStatement(this.#options.names, category, page));
  }

  async *#names(
    options: StorageListingOptions,
    statementFor: (page: { readonly after: string; readonly size: number }) => Statement,
  ): AsyncGenerator<readonly string[], void, void> {
    let after = options.after ?? "";
    let remaining = options.limit ?? Number.POSITIVE_INFINITY;
    this.#options.lifetime.throwIfEnded();
    while (remaining > 0) {
      const size = Math.min(PAGE_SIZE, remaining);
      const names = (await this.#run(statementFor({ after, size }))).map(([name]) => name as string);
      if (names.length > 0) yield names;
      this.#options.lifetime.throwIfEnded();
      if (names.length < size) return;
      remaining -= names.length;
      after = names.at(-1) as string;
    }
  }

  async #barrier(
    source: SourceIdentifier,
    { isFollowing }: Pick<StorageScanOptions, "isFollowing">,
  ): Promise<number | undefined> {
    const { names, orderingGuarantee } = this.#options;
    if (!isWiderThan(source, orderingGuarantee)) return undefined;
    const mayWait = !isFollowing && this.#options.mayWaitForWriters();
    const [row] = await this.#run(
      mayWait ? waitStatement(names, this.#options.barrierTimeoutMs) : settledStatement(names),
    );
    return Number(row?.[0]);
  }

  /** Below the horizon there is nobody to wait for, however long the transactions of writers are. */
  async #barrierBelow(source: SourceIdentifier, before: number | undefined): Promise<number | undefined> {
    if (before !== undefined) {
      const settled = await this.#barrier(source, { isFollowing: true });
      if (settled === undefined || before <= settled + 1) return settled;
    }
    return this.#barrier(source, { isFollowing: false });
  }

  #page(request: PageRequest): Promise<readonly TextRow[]> {
    return this.#run(pageStatement(this.#options.names, request));
  }

  #prefetch(request: PageRequest): Promise<readonly TextRow[]> | undefined {
    if (!this.#options.prefetches) return undefined;
    const page = this.#page(request);
    page.catch(() => {}); // it is reported by the step that needs it, if any comes.
    return page;
  }

  async #largeDocuments(
    rows: readonly TextRow[],
    texts: TextsRequest | undefined,
  ): Promise<ReadonlyMap<number, TextRow> | undefined> {
    const large = rows.filter(isLarge).map(sequenceNumberIn);
    if (large.length === 0) return undefined;
    const documents = await this.#run(documentsStatement(this.#options.names, large, texts));
    return new Map(documents.map((row) => [sequenceNumberIn(row), row]));
  }

  #eventIn(row: TextRow | undefined): StoredEvent | undefined {
    if (row !== undefined) this.#note(row);
    return row && storedEventFrom(row);
  }

  #note(row: TextRow): void {
    this.#options.onRead?.({ sequenceNumber: sequenceNumberIn(row), id: idIn(row) });
  }

  #throwIfStopped(signal: AbortSignal | undefined): void {
    this.#options.lifetime.throwIfEnded();
    signal?.throwIfAborted();
  }

  async #run(statement: Statement): Promise<readonly TextRow[]> {
    this.#options.lifetime.throwIfEnded();
    try {
      return await this.#options.run(statement);
    } catch (error) {
      throw translateError(error);
    }
  }
}

/** Which rows are wanted, and whether as texts. */
interface RowOptions extends Omit<StorageScanOptions, "isFollowing"> {
  readonly texts?: TextsRequest;
}

/** A row of a page; the documents of a large event are in another one, behind its number. */
interface PageRow {
  readonly row: TextRow;
  readonly large: TextRow | undefined;
}

function textIn(row: TextRow, large: TextRow | undefined, { maxTextLength }: TextsRequest): StoredEventText {
  const documents = large === undefined ? documentsIn(row) : documentsIn(large, 1);
  if (maxTextLength === undefined) return storedTextFrom(row, documents, undefined);
  return storedTextFrom(row, documents, large === undefined ? textLengthsIn(row) : textLengthsIn(large, 1));
}

function withUpperBound(bounds: ScanBounds, upTo: number | undefined): ScanBounds {
  if (upTo === undefined) return bounds;
  return {
    ...bounds,
    sequenceNumberBefore: Math.min(bounds.sequenceNumberBefore ?? Number.POSITIVE_INFINITY, upTo + 1),
  };
}
