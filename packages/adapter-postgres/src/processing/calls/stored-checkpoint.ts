import type { Checkpoint } from "@eventfold/processing";

/** The checkpoint in two columns: a number, and the id of its event where that is known. */
export function checkpointFrom(number: string | null | undefined, eventId: string | null | undefined): Checkpoint {
  return { sequenceNumber: Number(number), eventId: eventId ?? undefined };
}

/** Whether exactly this checkpoint is stored. */
export function isSameCheckpoint(a: Checkpoint, b: Checkpoint): boolean {
  return a.sequenceNumber === b.sequenceNumber && a.eventId === b.eventId;
}
