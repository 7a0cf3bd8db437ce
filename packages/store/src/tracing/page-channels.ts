import { type TracingChannel, tracingChannel } from "node:diagnostics_channel";
import type { SourceIdentifier, StoredEvent } from "@eventfold/types";

/** What was read: the events as they are stored, before definitions read them. */
export interface TracedPage {
  readonly events: readonly StoredEvent[];
}

/**
 * A message of the tracing channels `eventfold:scan` and `eventfold:follow`: the reading of one page of a source, from the storage. What a
 * follower waits for before there is something to read does not count.
 */
export interface PageMessage {
  readonly source: SourceIdentifier;
  readonly direction: "forwards" | "backwards";
  /** Counted from 0, within one scan. */
  readonly page: number;
  /** From `asyncEnd` on, where it was read. The last page of a scan may be empty: it tells that there is no more. */
  readonly result?: TracedPage | undefined;
  /** From `error` on, where it could not be read. */
  readonly error?: unknown;
}

/** What is read page by page. */
type ReadPages = Pick<PageMessage, "source" | "direction">;

const scans = tracingChannel<unknown, object>("eventfold:scan");
const follows = tracingChannel<unknown, object>("eventfold:follow");

/** The same pages; each is read within the tracing channel `eventfold:scan`. */
export function tracedScan<TPage extends readonly StoredEvent[]>(
  read: ReadPages,
  pages: AsyncIterable<TPage>,
): AsyncIterable<TPage> {
  return tracedPages(scans, read, pages);
}

/** The same pages; each is read within the tracing channel `eventfold:follow`. */
export function tracedFollow<TPage extends readonly StoredEvent[]>(
  read: ReadPages,
  pages: AsyncIterable<TPage>,
): AsyncIterable<TPage> {
  return tracedPages(follows, read, pages);
}

/** Without a subscriber when the reading begins it costs one check: the pages are given back as they are. */
function tracedPages<TPage extends readonly StoredEvent[]>(
  on: TracingChannel<unknown, object>,
  read: ReadPages,
  pages: AsyncIterable<TPage>,
): AsyncIterable<TPage> {
  return on.hasSubscribers ? { [Symbol.asyncIterator]: () => new TracedPages(on, read, pages) } : pages;
}

class TracedPages<TPage extends readonly StoredEvent[]> implements AsyncIterator<TPage, undefined> {
  readonly #on: TracingChannel<unknown, object>;
  readonly #read: ReadPages;
  readonly #pages: AsyncIterator<TPage>;
  #page = 0;

  constructor(on: TracingChannel<unknown, object>, read: ReadPages, pages: AsyncIterable<TPage>) {
    this.#on = on;
    this.#read = read;
    this.#pages = pages[Symbol.asyncIterator]();
  }

  async next(): Promise<IteratorResult<TPage, undefined>> {
    let next: IteratorResult<TPage> | undefined;
    const message: PageMessage = { ...this.#read, page: this.#page++ };
    await this.#on.tracePromise(async (): Promise<TracedPage> => {
      next = await this.#pages.next();
      return { events: next.done === true ? [] : next.value };
    }, message);
    return next as IteratorResult<TPage, undefined>;
  }

  async return(): Promise<IteratorResult<TPage, undefined>> {
    await this.#pages.return?.();
    return { done: true, value: undefined };
  }
}
