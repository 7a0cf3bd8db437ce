import { sequenceNumberAfter, sequenceNumberBefore } from "@eventfold/store";
import type { StoredEvent } from "@eventfold/types";
import { ProjectionAheadOfLogError } from "../errors/projection-ahead-of-log-error.ts";
import type { Projection } from "../projection.ts";
import type { ScanRequest, UntypedSource } from "./untyped-source.ts";

/**
 * The events of a source after the one that a projection read last. That event is read again, since it must be there:
 * otherwise the projection was made from events that the log has lost, or from another log.
 *
 * @throws `ProjectionAheadOfLogError` when it is not.
 */
export async function scanAfter(
  projection: Projection | undefined,
  source: UntypedSource,
  { constraints, signal }: ScanRequest,
): Promise<AsyncIterable<StoredEvent>> {
  if (projection === undefined || projection.lastSequenceNumber === 0) return source.scan({ constraints, signal });
  const { lastSequenceNumber: last } = projection;
  const fromLast = sequenceNumberAfter(last - 1);
  if (constraints.length > 0) {
    // They may leave out the last event too, so it is looked up without them.
    const one = await scanPastFirst(projection, source, {
      constraints: [fromLast, sequenceNumberBefore(last + 1)],
      signal,
    });
    await one.return?.();
    return source.scan({ constraints: [...constraints, sequenceNumberAfter(last)], signal });
  }
  const events = await scanPastFirst(projection, source, { constraints: [fromLast], signal });
  return { [Symbol.asyncIterator]: () => events };
}

async function scanPastFirst(
  { name, projectorVersion, id, lastSequenceNumber }: Projection,
  source: UntypedSource,
  request: ScanRequest,
): Promise<AsyncIterator<StoredEvent>> {
  const events = source.scan(request)[Symbol.asyncIterator]();
  const first = await events.next();
  if (first.done !== true && first.value.sequenceNumber === lastSequenceNumber) return events;
  await events.return?.();
  const { identifier } = source;
  throw new ProjectionAheadOfLogError({
    projection: name,
    projectorVersion,
    id,
    source: identifier,
    lastSequenceNumber,
  });
}
