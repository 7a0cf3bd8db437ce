import type { AnyEvents } from "@eventfold/types";
import type { BatchHandler } from "../subscription/event-handler.ts";
import type { Entry } from "./backlog.ts";
import { derivedId } from "./derived-id.ts";
import { type HandlerCall, handleEvents } from "./handler-call.ts";
import type { LaneWork } from "./lane-work.ts";
import { tryEvent } from "./trying.ts";
import type { Worker } from "./worker.ts";

/** Handles events in batches, one batch after the other. A batch that fails is run again event by event. */
export function batchWorker(handler: BatchHandler<AnyEvents, object>): Worker {
  function call(lane: LaneWork, handling: HandlerCall): Promise<void> {
    const { partition, fencingToken, subscription } = lane;
    const { events, attempt } = handling;
    return handleEvents(lane, handling, (effects, signal) =>
      handler.handleBatch(events, {
        signal,
        attempt,
        partition,
        fencingToken,
        eventId: (event, n) => derivedId(subscription.name, event, n),
        transaction: () => effects.transaction(),
        publish: (cause, store, entries) => effects.publish(cause, store, entries),
      }),
    );
  }

  async function handleBatch(lane: LaneWork, taken: readonly Entry[]): Promise<void> {
    const entries = taken.filter((entry) => !lane.passOver(entry)); // an earlier part may have parked their stream
    const isRetry = entries.some(({ failures }) => failures > 0);
    if (entries.length > 1 && !isRetry && (await succeeds(lane, entries))) return;
    for (const entry of entries) {
      if (lane.isHeld) return;
      await tryEvent(lane, entry, (events, attempt) => call(lane, { events, entries: [entry], attempt }));
    }
  }

  async function succeeds(lane: LaneWork, entries: readonly Entry[]): Promise<boolean> {
    const events = entries.flatMap(({ events: own }) => own ?? []);
    try {
      await call(lane, { events, entries, attempt: 1 });
      for (const entry of entries) lane.finish(entry);
      return true;
    } catch (error) {
      lane.noteFailure(entries[0], error);
      return false;
    }
  }

  return {
    async run(lane) {
      for (let taken = takeBatch(lane); taken.length > 0; taken = takeBatch(lane)) {
        for (const batch of withoutUnreadable(taken)) if (!lane.isHeld) await handleBatch(lane, batch);
      }
    },
    handle: (lane, events, attempt) => call(lane, { events, entries: [], attempt }),
  };
}

function takeBatch(lane: LaneWork): readonly Entry[] {
  const batch: Entry[] = [];
  for (let size = 0; size < lane.subscription.batchSize; ) {
    const next = lane.takeNext();
    if (next === undefined) break;
    batch.push(next);
    size += next.events?.length ?? 1;
  }
  return batch;
}

/** Parts in order, in which an event that could not be read is alone: it has to be tried by itself. */
function withoutUnreadable(entries: readonly Entry[]): readonly (readonly Entry[])[] {
  const parts: Entry[][] = [];
  let canGrow = false;
  for (const entry of entries) {
    const isReadable = entry.events !== undefined;
    if (isReadable && canGrow) parts.at(-1)?.push(entry);
    else parts.push([entry]);
    canGrow = isReadable;
  }
  return parts;
}
