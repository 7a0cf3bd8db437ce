import { NotADatabaseError } from "@eventfold/types";
import type { EventPlace } from "./stored-event-of.ts";

/**
 * What an adapter rejects with when the stored JSON of an event cannot be read. It names the event, so that it can be
 * found and restored.
 *
 * @param cause what parsing it threw.
 */
export function damagedEventError(
  { category, stream, position, sequenceNumber }: EventPlace,
  cause: unknown,
): NotADatabaseError {
  return new NotADatabaseError(
    `The event with sequence number ${sequenceNumber} is damaged, at position ${position} of the stream ${JSON.stringify(stream)} ` +
      `in the category ${JSON.stringify(category)}: its payload or metadata is not JSON. Restore it from a backup.`,
    { cause },
  );
}
