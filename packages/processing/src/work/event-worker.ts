import type { AnyEvents, StoredEvent } from "@eventfold/types";
import type { SingleEventHandler } from "../subscription/event-handler.ts";
import { derivedId } from "./derived-id.ts";
import { checkReturned, type HandlerCall, handleEvents } from "./handler-call.ts";
import type { LaneWork } from "./lane-work.ts";
import { tryEvent } from "./trying.ts";
import type { Worker } from "./worker.ts";

/** Handles events one by one; as many of these run at once as keys are to be handled at once. */
export function eventWorker(handler: SingleEventHandler<AnyEvents, object>): Worker {
  function call(lane: LaneWork, handling: HandlerCall): Promise<void> {
    const { partition, fencingToken, subscription } = lane;
    const { events, attempt } = handling;
    return handleEvents(lane, handling, (effects, signal) => {
      const handleOne = (event: StoredEvent) =>
        handler.handleEvent(event, {
          signal,
          attempt,
          partition,
          fencingToken,
          eventId: (n) => derivedId(subscription.name, event, n),
          transaction: () => effects.transaction(),
          publish: (store, entries) => effects.publish(event, store, entries),
        });
      const [first] = events;
      return first !== undefined && events.length === 1 ? handleOne(first) : handleInTurn(events, handleOne);
    });
  }
  return {
    async run(lane) {
      // where one is handled after the other, no key is at work
      const take = lane.subscription.concurrency === 1 ? () => lane.takeNext() : () => lane.take();
      for (let entry = take(); entry !== undefined; entry = take()) {
        const entries = [entry];
        await tryEvent(lane, entry, (events, attempt) => call(lane, { events, entries, attempt }));
      }
    },
    handle: (lane, events, attempt) => call(lane, { events, entries: [], attempt }),
  };
}

/** The parts of one stored event, in their order, as one call: they are done together. */
async function handleInTurn(parts: readonly StoredEvent[], handleOne: (event: StoredEvent) => unknown): Promise<void> {
  for (const part of parts) checkReturned(await handleOne(part));
}
