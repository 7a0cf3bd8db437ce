import type { Subscription } from "../subscription/subscription.ts";
import { batchWorker } from "./batch-worker.ts";
import { eventWorker } from "./event-worker.ts";
import { foldingWorker } from "./folding-worker.ts";
import { streamingWorker } from "./streaming-worker.ts";
import type { Worker } from "./worker.ts";

/** The worker for the handler of a subscription. */
export function workerFor({ handler }: Subscription): Worker {
  if (handler.handleEvent !== undefined) return eventWorker(handler);
  if (handler.handleBatch !== undefined) return batchWorker(handler);
  if (handler.beginFold !== undefined) return foldingWorker(handler);
  return streamingWorker(handler);
}
