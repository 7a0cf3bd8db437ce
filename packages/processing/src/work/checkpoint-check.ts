import { sequenceNumberAfter, sequenceNumberBefore } from "@eventfold/store";
import type { Checkpoint } from "../storage/checkpoint.ts";
import { firstLocation } from "../subscription/first-location.ts";
import { asStored, type SubscribableSource } from "../subscription/subscribable-source.ts";

/**
 * Finds out whether a source has been up to a checkpoint: whether the event of its number is still the same, or, where no event is
 * known to have the number, whether the horizon is there.
 */
export async function hasReached(source: SubscribableSource, checkpoint: Checkpoint): Promise<boolean> {
  const { sequenceNumber, eventId } = checkpoint;
  if (sequenceNumber === 0) return true;
  if (source.hasReached !== undefined) return source.hasReached(sequenceNumber);
  if (eventId === undefined) return (await source.horizon()) >= sequenceNumber;
  const constraints = [sequenceNumberAfter(sequenceNumber - 1), sequenceNumberBefore(sequenceNumber + 1)];
  const location = await firstLocation(asStored(source).scan({ constraints, limit: 1 }));
  return location?.id === eventId;
}
