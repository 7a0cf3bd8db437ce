import type { EventName, SourceIdentifier, StoredEvent } from "@eventfold/types";
import { checkedNumber, type SourceConstraint, type StreamConstraint } from "./constraint.ts";
import { type FollowedPage, followPages } from "./following.ts";
import { memberNames, withKnownMembers } from "./known-members.ts";
import { itemsOf, pagesUntilAborted } from "./paging.ts";
import { boundsOf } from "./scan-bounds.ts";
import { checkedScanOptions, checkedSignal, type ScanOptionsOf } from "./scan-options.ts";
import type { StorageScanOptions } from "./storage/event-storage.ts";
import type { EventStorageAdapter } from "./storage/event-storage-adapter.ts";
import type { SourceTranslation } from "./source-translation.ts";
import type { StoreContext } from "./store-context.ts";
import { tracedScan } from "./tracing/page-channels.ts";
import { followTranslatedPages, translatedLatest, translatedPages } from "./translated-reading.ts";

/** How a source is followed. */
export interface FollowOptionsOf<TConstraint> {
  /** Only events after this sequence number. Default: from the start. */
  readonly after?: number | undefined;
  /** All must hold. Default: none. */
  readonly constraints?: readonly TConstraint[] | undefined;
  /** Ends it: the next step rejects with the signal's reason, or is the last, as `whenAborted` says. */
  readonly signal?: AbortSignal | undefined;
  /** How the signal ends it: `"reject"`, or `"end"`, as if there were no more events. Default: `"reject"`. */
  readonly whenAborted?: "reject" | "end" | undefined;
}

/** How a category or the log is followed. */
export type FollowOptions<TEvents extends object> = FollowOptionsOf<SourceConstraint<EventName<TEvents>>>;

/** How a stream is followed: by position too. */
export type StreamFollowOptions<TEvents extends object> = FollowOptionsOf<StreamConstraint<EventName<TEvents>>>;

/** A source within a store: what streams, categories and the log have in common. */
export interface StoredSource {
  readonly context: StoreContext;
  readonly identifier: SourceIdentifier;
  /** How its events are translated; `undefined`: they are read as they are stored. */
  readonly translation: SourceTranslation | undefined;
}

/** Scans a source, event by event. */
export async function* scanSource<TEvents extends object>(
  source: StoredSource,
  options: ScanOptionsOf<StreamConstraint> = {},
): AsyncGenerator<StoredEvent<TEvents>, void, undefined> {
  const { storage } = source.context;
  yield* itemsOf(pagesOfSource<TEvents>(source, options), { storage, signal: options?.signal });
}

/** What a scan yields, page by page. */
export async function* pagesOfSource<TEvents extends object>(
  { context: { storage }, identifier, translation }: StoredSource,
  options: ScanOptionsOf<StreamConstraint> = {},
): AsyncGenerator<readonly StoredEvent<TEvents>[], void, undefined> {
  const checked = checkedScanOptions(options, identifier.kind);
  const read = { source: identifier, direction: checked.direction };
  const scan = (stored: StorageScanOptions) =>
    pagesUntilAborted(tracedScan(read, storage.scan(identifier, stored)), checked.signal);
  yield* typed<TEvents>(translation === undefined ? scan(checked) : translatedPages({ translation, scan }, checked));
}

/** Collects what a scan yields, page by page. */
export async function readSource<TEvents extends object>(
  source: StoredSource,
  options: ScanOptionsOf<StreamConstraint> = {},
): Promise<StoredEvent<TEvents>[]> {
  const events: StoredEvent<TEvents>[] = [];
  for await (const page of pagesOfSource<TEvents>(source, options)) {
    for (const event of page) events.push(event);
  }
  return events;
}

/** The newest event of a source. */
export async function latestOf<TEvents extends object>({
  context,
  identifier,
  translation,
}: StoredSource): Promise<StoredEvent<TEvents> | undefined> {
  const { storage } = context;
  const latest =
    translation === undefined ? storage.latest(identifier) : translatedLatest(storage, { identifier, translation });
  return (await latest) as StoredEvent<TEvents> | undefined;
}

/** Ends a follow whose caller wants no more: not an error, but it has to interrupt the wait for the next event. */
const NO_MORE_WANTED = Symbol("no more wanted");

/** Scans a source, then waits for more. A `return` ends it at once, even while the next event is waited for. */
export function followSource<TEvents extends object>(
  source: StoredSource,
  options: FollowOptionsOf<StreamConstraint> = {},
): AsyncIterableIterator<StoredEvent<TEvents>> {
  const end = new AbortController();
  const events = followedEvents<TEvents>(source, options, end);
  return {
    next: () => events.next(),
    return: async () => {
      end.abort(NO_MORE_WANTED);
      await events.return();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

async function* followedEvents<TEvents extends object>(
  source: StoredSource,
  options: FollowOptionsOf<StreamConstraint>,
  end: AbortController,
): AsyncGenerator<StoredEvent<TEvents>, void, undefined> {
  const { signal } = withKnownMembers("The options of a follow", options, FOLLOW_OPTIONS);
  const stop = (): void => end.abort(signal?.reason);
  if (checkedSignal(signal)?.aborted) stop();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const pages = followSourcePages<TEvents>(source, { ...options, signal: end.signal });
    yield* itemsOf(eventsOf(pages), { storage: source.context.storage, signal: end.signal });
  } catch (error) {
    if (error !== NO_MORE_WANTED) throw error;
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

const FOLLOW_OPTIONS = memberNames<FollowOptionsOf<never>>({
  after: true,
  constraints: true,
  signal: true,
  whenAborted: true,
});

/** Scans a source page by page, then waits for more; each page says how far the source was read. */
export async function* followSourcePages<TEvents extends object>(
  { context, identifier, translation }: StoredSource,
  options: FollowOptionsOf<StreamConstraint> = {},
): AsyncGenerator<FollowedPage<StoredEvent<TEvents>>, void, undefined> {
  const {
    after = 0,
    constraints = [],
    signal,
    whenAborted = "reject",
  } = withKnownMembers("The options of a follow", options, FOLLOW_OPTIONS);
  const from = { kind: "sequence-number-after", sequenceNumber: checkedNumber("sequence number", after) } as const;
  const bounds = boundsOf([from, ...constraints], identifier.kind);
  if (whenAborted !== "reject" && whenAborted !== "end")
    throw new TypeError(`whenAborted must be "reject" or "end", got ${JSON.stringify(whenAborted)}.`);
  const following = { source: identifier, bounds, signal: checkedSignal(signal), logger: context.logger };
  const adapter = followable(context);
  const pages =
    translation === undefined
      ? followPages(adapter, following)
      : followTranslatedPages(adapter, following, translation);
  try {
    for await (const page of pages) {
      yield page as FollowedPage<StoredEvent<TEvents>>;
    }
  } catch (error) {
    if (whenAborted === "end" && signal?.aborted && error === signal.reason) return;
    throw error;
  }
}

async function* eventsOf<TEvent>(pages: AsyncIterable<FollowedPage<TEvent>>): AsyncGenerator<readonly TEvent[]> {
  for await (const { events } of pages) yield events;
}

function followable({ adapter, isBound }: StoreContext): EventStorageAdapter {
  if (!isBound) return adapter;
  throw new TypeError("A transaction cannot be followed: nothing new comes into it from outside. Scan it.");
}

/**
 * Here and in {@link followSourcePages} the caller's types are trusted: the database knows stored events without types.
 */
function typed<TEvents extends object>(
  pages: AsyncIterable<readonly StoredEvent[]>,
): AsyncIterable<readonly StoredEvent<TEvents>[]> {
  return pages as AsyncIterable<readonly StoredEvent<TEvents>[]>;
}
