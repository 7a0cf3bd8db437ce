import { eventIdFrom } from "@eventfold/store";
import type { AnyEvents } from "@eventfold/types";
import type { SingleEventHandler } from "../subscription/event-handler.ts";
import { type HandlerCall, handleEvents } from "./handler-call.ts";
import type { LaneWork } from "./lane-work.ts";
import { tryEvent } from "./trying.ts";
import type { Worker } from "./worker.ts";

/** Handles events one by one; as many of these run at once as keys are to be handled at once. */
export function eventWorker(handler: SingleEventHandler<AnyEvents, object>): Worker {
  async function call(lane: LaneWork, handling: HandlerCall): Promise<void> {
    const { partition, fencingToken, subscription } = lane;
    const { events, attempt } = handling;
    const [event] = events;
    if (event === undefined) return;
    await handleEvents(lane, handling, (effects, signal) =>
      handler.handleEvent(event, {
        signal,
        attempt,
        partition,
        fencingToken,
        eventId: (n) => eventIdFrom(subscription.name, event.id, n),
        transaction: () => effects.transaction(),
        publish: (store, entries) => effects.publish(event, store, entries),
      }),
    );
  }
  return {
    async run(lane) {
      for (let entry = lane.take(); entry !== undefined; entry = lane.take()) {
        const entries = [entry];
        await tryEvent(lane, entry, (event, attempt) => call(lane, { events: [event], entries, attempt }));
      }
    },
    handle: (lane, event, attempt) => call(lane, { events: [event], entries: [], attempt }),
  };
}
