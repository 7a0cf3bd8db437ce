import type { StorageScanOptions } from "@eventfold/store/adapter";
import type { SourceIdentifier, StoredEvent } from "@eventfold/types";
import { type EventRow, eventOf, sizeOf } from "./event-row.ts";
import { largeTextOf } from "./large-text.ts";
import { MatchingRows } from "./matching-rows.ts";
import type { ReadScope } from "./read-scope.ts";
import { ScanRows } from "./scan-rows.ts";

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
  options.signal?.throwIfAborted();
  const textOf = largeTextOf(scope);
  const scan = await scope.read(() => rowsOf(scope, source, options));
  while (!scan.isAtEnd) {
    const rows = await scope.read(() => scan.next());
    for (const part of partsOf(rows)) {
      const page = await scope.read(() => part.map((row) => eventOf(row, textOf)));
      yield page;
      options.signal?.throwIfAborted();
    }
    options.signal?.throwIfAborted();
  }
  await scope.read(() => {}); // the last step, too, rejects after a close
}

function rowsOf(scope: ReadScope, source: SourceIdentifier, options: StorageScanOptions): ScanRows | MatchingRows {
  const { matching } = options.bounds;
  if (matching === undefined) return new ScanRows(scope, source, options);
  return new MatchingRows(scope, source, { ...options, bounds: { ...options.bounds, matching } });
}

/** The rows in groups of at most {@link PAGE_BYTES}, or of one row. */
function* partsOf(rows: readonly EventRow[]): Generator<readonly EventRow[]> {
  let start = 0;
  let bytes = 0;
  for (let index = 0; index < rows.length; index++) {
    const size = sizeOf(rows[index] as EventRow);
    if (index > start && bytes + size > PAGE_BYTES) {
      yield rows.slice(start, index);
      start = index;
      bytes = 0;
    }
    bytes += size;
  }
  if (start < rows.length) yield start === 0 ? rows : rows.slice(start);
}
