import type { StoredEvent } from "@eventfold/types";

/** Up to where a fold has read. */
export interface ReadUpTo {
  /** The number of the last event that was read; 0: none was. */
  readonly lastSequenceNumber: number;
  /** The last part of it, where it is read as several and more of them may come. */
  readonly lastPart?: number | undefined;
}

type Place = Pick<StoredEvent, "sequenceNumber" | "part">;

/** Whether an event comes after what was read: by sequence number, then by part. */
export function isUnread({ lastSequenceNumber, lastPart }: ReadUpTo, { sequenceNumber, part }: Place): boolean {
  if (sequenceNumber !== lastSequenceNumber) return sequenceNumber > lastSequenceNumber;
  return lastPart !== undefined && part !== undefined && part > lastPart;
}

/** Up to where a fold has read with an event. */
export function readWith({ sequenceNumber, part }: Place): ReadUpTo {
  return { lastSequenceNumber: sequenceNumber, lastPart: part };
}

/**
 * A fold that left an event out would be silently wrong.
 *
 * @throws `RangeError` when the event does not come after what was read.
 */
export function refuseFalling(projector: string, before: ReadUpTo, event: Place): void {
  if (isUnread(before, event)) return;
  const last = printPlace(before.lastSequenceNumber, before.lastPart);
  const got = printPlace(event.sequenceNumber, event.part);
  throw new RangeError(
    `The projector ${JSON.stringify(projector)} folds events in order of sequence number, got ${got} after ${last}. Sort the events by sequence number, each once.`,
  );
}

function printPlace(sequenceNumber: number, part: number | undefined): string {
  return part === undefined ? String(sequenceNumber) : `part ${part} of ${sequenceNumber}`;
}
