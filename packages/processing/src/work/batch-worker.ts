import { eventIdFrom } from "@eventfold/store";
import type { AnyEvents } from "@eventfold/types";
import type { BatchHandler } from "../subscription/event-handler.ts";
import type { Entry } from "./backlog.ts";
import { callHandler } from "./handler-call.ts";
import type { LaneWork } from "./lane-work.ts";
import { tryEvent } from "./trying.ts";
import type { Worker } from "./worker.ts";

/** Handles events in batches, one batch after the other. A batch that fails is run again event by event. */
export function batchWorker(handler: BatchHandler<AnyEvents>): Worker {
  async function call(lane: LaneWork, entries: readonly Entry[], attempt: number): Promise<void> {
    const { signal, partition, fencingToken, subscription } = lane;
    const eventId = ({ id }: { readonly id: string }, n: number) => eventIdFrom(subscription.name, id, n);
    const events = entries.map(({ event }) => event);
    await callHandler(
      (own) => handler.handleBatch(events, { signal: own, attempt, partition, fencingToken, eventId }),
      {
        subscription: subscription.name,
        timeoutMs: subscription.handlerTimeoutMs,
        signal,
      },
    );
  }

  async function handleBatch(lane: LaneWork, entries: readonly Entry[]): Promise<void> {
    const isRetry = entries.some(({ failures }) => failures > 0);
    if (entries.length > 1 && !isRetry && (await succeeds(lane, entries))) return;
    for (const entry of entries) {
      if (lane.isHeld) return;
      await tryEvent(lane, entry, (attempt) => call(lane, [entry], attempt));
    }
  }

  async function succeeds(lane: LaneWork, entries: readonly Entry[]): Promise<boolean> {
    try {
      await call(lane, entries, 1);
      for (const entry of entries) lane.finish(entry);
      return true;
    } catch (error) {
      lane.noteFailure(entries[0], error);
      return false;
    }
  }

  return {
    async run(lane) {
      for (let batch = takeBatch(lane); batch.length > 0; batch = takeBatch(lane)) await handleBatch(lane, batch);
    },
    handle: (lane, entry) => call(lane, [entry], entry.failures + 1),
  };
}

function takeBatch(lane: LaneWork): readonly Entry[] {
  const batch: Entry[] = [];
  while (batch.length < lane.subscription.batchSize) {
    const entry = lane.takeNext();
    if (entry === undefined) break;
    batch.push(entry);
  }
  return batch;
}
