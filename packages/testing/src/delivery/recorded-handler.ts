import type { HandlingContext, Subscription } from "@eventfold/processing";
import type { StoredEvent } from "@eventfold/types";
import { monotonicNs } from "../time/monotonic-ns.ts";
import type { DeliveryLine } from "./delivery-line.ts";

/** Where the calls are noted. */
export interface HandlerRecorder {
  readonly node: string;
  readonly onLine: (line: DeliveryLine) => void;
}

interface HandlerCall {
  readonly events: readonly StoredEvent[];
  readonly context: HandlingContext & { readonly attempt: number };
  readonly handle: () => void | PromiseLike<void>;
}

/** A handler that notes when it is called and how the call ends. */
export function recordedHandler(
  handler: Subscription["handler"],
  { node, onLine }: HandlerRecorder,
): Subscription["handler"] {
  let calls = 0;

  async function note({ events, context, handle }: HandlerCall): Promise<void> {
    calls += 1;
    const call = calls;
    const { partition, fencingToken: token, attempt } = context;
    const eventIds = events.map(({ id }) => id);
    onLine({ kind: "begun", node, call, partition, token, attempt, eventIds, atNs: monotonicNs() });
    try {
      await handle();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      onLine({ kind: "ended", node, call, error: message, atNs: monotonicNs() });
      throw error;
    }
    onLine({ kind: "ended", node, call, atNs: monotonicNs() });
  }

  if (handler.handleEvent !== undefined) {
    return {
      handleEvent: (event, context) =>
        note({ events: [event], context, handle: () => handler.handleEvent(event, context) }),
    };
  }
  if (handler.handleBatch !== undefined) {
    return {
      handleBatch: (events, context) => note({ events, context, handle: () => handler.handleBatch(events, context) }),
    };
  }
  throw new TypeError("Only calls of handleEvent and handleBatch are recorded: the subscription has neither.");
}
