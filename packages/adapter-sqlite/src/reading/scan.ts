import type { StorageScanOptions, StoredEventText, StoredTextsOptions } from "@eventfold/store/adapter";
import type { SourceIdentifier, StoredEvent } from "@eventfold/types";
import { type EventRow, eventOf, sizeOf } from "./event-row.ts";
import { largeTextOf } from "./large-text.ts";
import { MatchingRows } from "./matching-rows.ts";
import type { ReadScope } from "./read-scope.ts";
import { ScanRows } from "./scan-rows.ts";
import { eventTextOf, type TextRow, textSelection } from "./text-row.ts";

/** The bytes of text after which a page is cut: decoding more would block the event loop. */
const PAGE_BYTES = 1_000_000;

/**
 * The events of a source in pages that are never empty, of at most 1,000 events, and of one event if it has more than 1
 * MB of text. Between pages it yields to the event loop.
 */
export async function* scanPages(
  scope: ReadScope,
  source: SourceIdentifier,
  options: StorageScanOptions,
): AsyncGenerator<readonly StoredEvent[]> {
  const textOf = largeTextOf(scope);
  yield* pagesOf({
    scope,
    signal: options.signal,
    begin: () => rowsOf(scope, source, options),
    read: (row) => eventOf(row, textOf),
  });
}

/**
 * The events of a source as texts, in pages as those of {@link scanPages}. Cut texts count as whole ones, because SQLite goes
 * through them to their end.
 */
export async function* textPages(
  scope: ReadScope,
  source: SourceIdentifier,
  { after, before, direction, limit, maxTextLength, signal }: StoredTextsOptions,
): AsyncGenerator<readonly StoredEventText[]> {
  const bounds = { sequenceNumberAfter: after, sequenceNumberBefore: before };
  const selection = textSelection(maxTextLength);
  const textOf = largeTextOf(scope, maxTextLength);
  yield* pagesOf({
    scope,
    signal,
    begin: () => new ScanRows<TextRow>(scope, source, { bounds, direction, limit, selection }),
    read: (row) => eventTextOf(row, textOf),
  });
}

/** What is read, page by page, in the first step and those that follow. */
interface PagedRows<TRow extends EventRow | TextRow, T> {
  readonly scope: ReadScope;
  readonly signal: AbortSignal | undefined;
  readonly begin: () => { readonly isAtEnd: boolean; next(): readonly TRow[] };
  readonly read: (row: TRow) => T;
}

async function* pagesOf<TRow extends EventRow | TextRow, T>({
  scope,
  signal,
  begin,
  read,
}: PagedRows<TRow, T>): AsyncGenerator<readonly T[]> {
  signal?.throwIfAborted();
  const scan = await scope.read(begin);
  while (!scan.isAtEnd) {
    const rows = await scope.read(() => scan.next());
    for (const part of partsOf(rows)) {
      yield await scope.read(() => part.map(read));
      signal?.throwIfAborted();
    }
    signal?.throwIfAborted();
  }
  await scope.read(() => {}); // the last step, too, rejects after a close
}

function rowsOf(scope: ReadScope, source: SourceIdentifier, options: StorageScanOptions): ScanRows | MatchingRows {
  const { matching } = options.bounds;
  if (matching === undefined) return new ScanRows(scope, source, options);
  return new MatchingRows(scope, source, { ...options, bounds: { ...options.bounds, matching } });
}

/** The rows in groups of at most {@link PAGE_BYTES}, or of one row. */
function* partsOf<TRow extends EventRow | TextRow>(rows: readonly TRow[]): Generator<readonly TRow[]> {
  let start = 0;
  let bytes = 0;
  for (let index = 0; index < rows.length; index++) {
    const size = sizeOf(rows[index] as TRow);
    if (index > start && bytes + size > PAGE_BYTES) {
      yield rows.slice(start, index);
      start = index;
      bytes = 0;
    }
    bytes += size;
  }
  if (start < rows.length) yield start === 0 ? rows : rows.slice(start);
}
