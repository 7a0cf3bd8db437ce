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
  if (constraints.length > 0) {
    // They may leave out the last event too, so it is looked up without them.
    await refuseMissing(projection, source, signal);
    return source.scan({ constraints: [...constraints, sequenceNumberAfter(last)], signal });
  }
  const events = source.scan({ constraints: [sequenceNumberAfter(last - 1)], signal })[Symbol.asyncIterator]();
  const first = await events.next();
  if (first.done !== true && first.value.sequenceNumber === last && first.value.part === undefined) {
    return { [Symbol.asyncIterator]: () => events };
  }
  // It is missing, or its definitions read it as several events, or no longer as any.
  await events.return?.();
  await refuseMissing(projection, source, signal);
  return source.scan({ constraints: [sequenceNumberAfter(last)], signal });
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
