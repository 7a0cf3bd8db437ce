import { DuplicateEventIdError, type NewestEvent, UnrestorableEventError } from "@eventfold/types";
import {
  RESTORE_LIMIT_BYTES,
  RESTORE_LIMIT_EVENTS,
  RESTORE_LIMIT_NUMBER,
  type RestoreBatch,
} from "../storage/restore-batch.ts";
import type { EventText } from "../storage/stored-event-text.ts";

/** A batch that fits together; whether it fits the log is for the adapter to judge. */
export interface CheckedRestoreBatch {
  readonly newest: NewestEvent | undefined;
  readonly events: readonly EventText[];
  /** The first event of each stream: its position must be the next one of the stream. */
  readonly firstOfStreams: readonly EventText[];
  /** The number that the log's sequence has to be moved to, unless it is there or beyond. */
  readonly upTo: number;
}

/**
 * Checks what can be said of a batch without looking at the log: its limits, and that numbers rise, positions follow one another
 * and ids are distinct.
 *
 * @throws `RangeError` for a batch above the limits, and for an `upTo` that is no sequence number.
 * @throws `UnrestorableEventError` (`UNRESTORABLE_EVENT`) and `DuplicateEventIdError` (`DUPLICATE_EVENT_ID`).
 *
 * @example
 * ```ts
 * const { newest, events, firstOfStreams, upTo } = checkedRestoreBatch(batch);
 * ```
 */
export function checkedRestoreBatch({ newest, events, upTo = 0 }: RestoreBatch): CheckedRestoreBatch {
  refuseLargeBatch(events);
  if (!Number.isSafeInteger(upTo) || upTo < 0 || upTo > RESTORE_LIMIT_NUMBER) {
    throw new RangeError(`upTo must be a sequence number up to 2^52, or 0, got ${String(upTo)}.`);
  }
  const firstOfStreams: EventText[] = [];
  const nextPositions = new Map<string, number>();
  let last = newest?.sequenceNumber ?? 0;
  for (const event of events) {
    if (event.sequenceNumber <= last)
      throw new UnrestorableEventError({ event, reason: `the event before it has ${last}` });
    last = event.sequenceNumber;
    const stream = `${event.category}\u0000${event.stream}`; // no name contains it
    const next = nextPositions.get(stream);
    if (next === undefined) firstOfStreams.push(event);
    else if (event.position !== next) throw positionFault(event, next);
    nextPositions.set(stream, event.position + 1);
  }
  refuseRepeatedIds(events);
  return { newest, events, firstOfStreams, upTo: Math.max(upTo, last) };
}

/** Why an event does not fit its stream. */
export function positionFault(event: EventText, next: number): UnrestorableEventError {
  return new UnrestorableEventError({ event, reason: `the next position of its stream is ${next}` });
}

/** Why an event does not fit the log: its number lies at or below the horizon, where nothing more may come. */
export function passedNumberFault(event: EventText, horizon: number): UnrestorableEventError {
  const reason = `readers may have passed all numbers up to ${horizon} already, so they would never see it`;
  return new UnrestorableEventError({ event, reason });
}

/** Whether the newest event is the one that it was to be. */
export function isSameEvent(one: NewestEvent | undefined, other: NewestEvent | undefined): boolean {
  return one?.sequenceNumber === other?.sequenceNumber && one?.id === other?.id;
}

function refuseLargeBatch(events: readonly EventText[]): void {
  if (events.length > RESTORE_LIMIT_EVENTS) {
    throw new RangeError(`At most ${RESTORE_LIMIT_EVENTS} events can be restored at once, got ${events.length}.`);
  }
  if (events.length < 2) return;
  let bytes = 0;
  for (const { payload, metadata } of events) {
    bytes += Buffer.byteLength(payload) + (metadata === null ? 0 : Buffer.byteLength(metadata));
  }
  if (bytes > RESTORE_LIMIT_BYTES) {
    throw new RangeError(
      `At most ${RESTORE_LIMIT_BYTES} bytes of text can be restored at once, got ${bytes} in ${events.length} events.`,
    );
  }
}

function refuseRepeatedIds(events: readonly EventText[]): void {
  const ids = new Set<string>();
  const repeated = new Set<string>();
  for (const { id } of events) {
    if (ids.has(id)) repeated.add(id);
    ids.add(id);
  }
  if (repeated.size > 0) throw new DuplicateEventIdError([...repeated]);
}
