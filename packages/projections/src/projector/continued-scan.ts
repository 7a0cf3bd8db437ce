import { sequenceNumberAfter, sequenceNumberBefore } from "@eventfold/store";
import type { StoredEvent } from "@eventfold/types";
import { ProjectionAheadOfLogError } from "../errors/projection-ahead-of-log-error.ts";
import type { Projection } from "../projection.ts";
import { pagesOf, type ScanRequest, type UntypedSource } from "./untyped-source.ts";

/**
 * The events of a source after the one that a projection read last, page by page. That event is read again, since it must be
 * there: otherwise the projection was made from events that the log has lost, or from another log.
 *
 * @throws `ProjectionAheadOfLogError` when it is not.
 */
export function pagesAfter(
  projection: Projection | undefined,
  source: UntypedSource,
  request: ScanRequest,
): AsyncIterable<readonly StoredEvent[]> {
  return projection === undefined || projection.lastSequenceNumber === 0
    ? pagesOf(source, request)
    : continuedPages(projection, source, request);
}

async function* continuedPages(
  projection: Projection,
  source: UntypedSource,
  { constraints, signal }: ScanRequest,
): AsyncGenerator<readonly StoredEvent[], void, undefined> {
  const { lastSequenceNumber: last } = projection;
  if (constraints.length === 0) {
    let isThere = false;
    for await (const page of pagesOf(source, { constraints: [sequenceNumberAfter(last - 1)], signal })) {
      if (!isThere && !isWhole(page[0], last)) break;
      yield isThere ? page : page.slice(1);
      isThere = true;
    }
    if (isThere) return;
  }
  // It is missing, or the constraints leave it out, or its definitions read it as several events, or no longer as any.
  await refuseMissing(projection, source, signal);
  yield* pagesOf(source, { constraints: [...constraints, sequenceNumberAfter(last)], signal });
}

/** Whether an event is that of a sequence number, and all of it. */
function isWhole(event: StoredEvent | undefined, sequenceNumber: number): boolean {
  return event?.sequenceNumber === sequenceNumber && event.part === undefined;
}

/** What a source reads may be less than what is stored. */
async function refuseMissing(
  { name, projectorVersion, id, lastSequenceNumber }: Projection,
  source: UntypedSource,
  signal: AbortSignal | undefined,
): Promise<void> {
  const stored = source.raw?.() ?? source;
  const constraints = [sequenceNumberAfter(lastSequenceNumber - 1), sequenceNumberBefore(lastSequenceNumber + 1)];
  for await (const _ of stored.scan({ constraints, signal })) return;
  const { identifier } = source;
  throw new ProjectionAheadOfLogError({
    projection: name,
    projectorVersion,
    id,
    source: identifier,
    lastSequenceNumber,
  });
}
