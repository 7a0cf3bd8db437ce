import type { StoredEvent } from "@eventfold/types";
import { backoffMs } from "../failure/backoff.ts";
import type { Entry } from "./backlog.ts";
import type { LaneWork } from "./lane-work.ts";
import { eventsAt, refuseApart } from "./scan-around.ts";

/**
 * Tries an event until it is done, given up, or the lane is held: then it is left as it is, and somebody takes it again. One that
 * could not be read is read again at every try; it is done when it is not there any more.
 *
 * @param call handles what it is read as; it is given the number of the try, from 1.
 */
export async function tryEvent(
  lane: LaneWork,
  entry: Entry,
  call: (events: readonly StoredEvent[], attempt: number) => Promise<void>,
): Promise<void> {
  if (lane.passOver(entry)) return;
  for (;;) {
    try {
      const events = entry.events ?? (await eventsAt(lane, entry.location.sequenceNumber));
      if (entry.events === undefined) refuseApart(lane, events);
      if (events.length > 0) await call(events, entry.failures + 1);
      return lane.finish(entry);
    } catch (error) {
      if (lane.signal.aborted) return;
      entry.failures += 1;
      const { times, backoff } = lane.subscription.onFailure;
      if (entry.failures > times) return lane.giveUp(entry, error);
      lane.noteFailure(entry, error);
      await lane.rest(backoffMs(backoff, entry.failures));
      if (lane.isHeld) return;
    }
  }
}
