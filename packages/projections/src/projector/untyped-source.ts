import type { SourceConstraint } from "@eventfold/store";
import type { SourceIdentifier, StoredEvent } from "@eventfold/types";

/** Which events of a source are folded. */
export interface ScanRequest {
  readonly constraints: readonly SourceConstraint[];
  readonly signal: AbortSignal | undefined;
}

/** A source whose types the compiler has checked, without them. */
export interface UntypedSource {
  readonly identifier: SourceIdentifier;
  scan(options: ScanRequest): AsyncIterable<StoredEvent>;
  /** What `scan` yields, page by page. Absent: it is scanned event by event. */
  pages?(options: ScanRequest): AsyncIterable<readonly StoredEvent[]>;
  /** The same source as it is stored. Absent: nothing else is read from it. */
  raw?(): UntypedSource;
}

/** The events of a source, page by page: a step per event takes longer than the fold of the event. */
export function pagesOf(source: UntypedSource, request: ScanRequest): AsyncIterable<readonly StoredEvent[]> {
  return source.pages === undefined ? singleEvents(source, request) : source.pages(request);
}

async function* singleEvents(source: UntypedSource, request: ScanRequest): AsyncGenerator<readonly StoredEvent[]> {
  for await (const event of source.scan(request)) yield [event];
}
