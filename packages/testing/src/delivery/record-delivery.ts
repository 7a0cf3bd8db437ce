import { randomUUID } from "node:crypto";
import type { ProcessingStorageAdapter, Subscription } from "@eventfold/processing";
import type { DeliveryLine, DeliveryRecords } from "./delivery-line.ts";
import { recordedHandler } from "./recorded-handler.ts";
import { recordedProcessing } from "./recorded-processing.ts";

/** What is recorded, and how. */
export interface RecordDeliveryOptions {
  /** The subscription for which the node has a handler: with `handleEvent` or `handleBatch`, or of projections. */
  readonly subscription: Subscription;
  /** Where its leases and checkpoints are stored. */
  readonly storage: ProcessingStorageAdapter;
  /** Names the recording. Each recording of a run needs a name of its own, after the restart of a node too. Default: a random one. */
  readonly node?: string | undefined;
  /** Called with each line at once. The recording itself then keeps nothing. Default: the lines are kept in memory. */
  readonly onLine?: ((line: DeliveryLine) => void) | undefined;
}

/** A subscription and a storage that are recorded, for one broker. */
export interface DeliveryRecording {
  /** Give this to the broker in place of the subscription. */
  readonly subscription: Subscription;
  /** Give this to the broker in place of the adapter; closing it closes the adapter. */
  readonly storage: ProcessingStorageAdapter;
  /** What was recorded so far; nothing if `onLine` takes the lines. */
  records(): DeliveryRecords;
}

/**
 * Records what one broker does for one subscription: which partitions it is given, which events its handler is called with, which
 * checkpoints it saves and which events it parks. {@link checkDelivery} then decides whether all brokers together delivered what
 * they promise. Each process records itself, and the records are joined.
 *
 * Of a subscription of projections a call is one save, with all events that it stores; if what it was to store has to be folded again, because
 * others have changed a projection meanwhile, that is the same call. Give `assertDelivery` its `partitionBy`, if it has one.
 *
 * Times are those of the machine's monotonic clock, so records of two machines cannot be joined. Checkpoints that are saved in
 * transactions are not recorded.
 *
 * @throws `TypeError` for a subscription with `process`, which has no calls to record.
 *
 * @example
 * ```ts
 * const recording = recordDelivery({ subscription: mails, storage });
 * const broker = new EventBroker({ name: "worker-1", storage: recording.storage, subscriptions: [recording.subscription] });
 * await broker.start();
 * await broker.whenCaughtUp(recording.subscription);
 * await broker.stop();
 * assertDelivery(recording.records(), { log: await store.category("users").read() });
 * ```
 */
export function recordDelivery(options: RecordDeliveryOptions): DeliveryRecording {
  const lines: DeliveryLine[] = [];
  const { subscription, storage, node = randomUUID().slice(0, 8) } = options;
  const { onLine = (line: DeliveryLine) => void lines.push(line) } = options;
  const handler = recordedHandler(subscription.handler, { node, onLine });
  return {
    subscription: { ...subscription, handler },
    storage: recordedProcessing(storage, { node, onLine, subscription: subscription.name }),
    records: () => [...lines],
  };
}
