import type { HandlingContext, Subscription } from "@eventfold/processing";
import type { StoredEvent } from "@eventfold/types";
import { CallRecorder, type CallRecorderOptions } from "./call-recorder.ts";
import { RecordedFold } from "./recorded-fold.ts";

interface HandlerCall {
  readonly events: readonly StoredEvent[];
  readonly context: HandlingContext & { readonly attempt: number };
  readonly handle: () => void | PromiseLike<void>;
}

/** A handler that notes when it is called and how the call ends; of projections, when they are saved. */
export function recordedHandler(
  handler: Subscription["handler"],
  options: CallRecorderOptions,
): Subscription["handler"] {
  const recorder = new CallRecorder(options);

  async function note({ events, context, handle }: HandlerCall): Promise<void> {
    const call = recorder.begin({ events, ...placeOf(context) });
    try {
      await handle();
    } catch (error) {
      recorder.end(call, { error });
      throw error;
    }
    recorder.end(call);
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
  if (handler.beginFold !== undefined) {
    return {
      beginFold: (held) => new RecordedFold(handler.beginFold(held), { held, recorder }),
      checkTransaction: (transaction) => handler.checkTransaction(transaction),
    };
  }
  throw new TypeError("The calls of a handler with process() cannot be recorded: it takes its events by itself.");
}

function placeOf({ partition, fencingToken, attempt }: HandlerCall["context"]) {
  return { partition, fencingToken, attempt };
}
