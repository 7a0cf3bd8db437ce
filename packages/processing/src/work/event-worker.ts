import { eventIdFrom } from "@eventfold/store";
import type { AnyEvents, StoredEvent } from "@eventfold/types";
import type { SingleEventHandler } from "../subscription/event-handler.ts";
import { traceProcess } from "../tracing/channels.ts";
import { callHandler } from "./handler-call.ts";
import type { LaneWork } from "./lane-work.ts";
import { tryEvent } from "./trying.ts";
import type { Worker } from "./worker.ts";

/** Handles events one by one; as many of these run at once as keys are to be handled at once. */
export function eventWorker(handler: SingleEventHandler<AnyEvents>): Worker {
  async function call(lane: LaneWork, event: StoredEvent, attempt: number): Promise<void> {
    const { signal, partition, fencingToken, subscription } = lane;
    const eventId = (n: number) => eventIdFrom(subscription.name, event.id, n);
    const limits = { subscription: subscription.name, timeoutMs: subscription.handlerTimeoutMs, signal };
    await traceProcess(
      () => ({ ...lane.describe(), events: [event], attempt }),
      () =>
        callHandler(
          (own) => handler.handleEvent(event, { signal: own, attempt, partition, fencingToken, eventId }),
          limits,
        ),
    );
  }
  return {
    async run(lane) {
      for (let entry = lane.take(); entry !== undefined; entry = lane.take()) {
        await tryEvent(lane, entry, (event, attempt) => call(lane, event, attempt));
      }
    },
    handle: call,
  };
}
