import { ProcessingControl, type ProcessingStorageAdapter, type Subscription } from "@eventfold/processing";
import { type BatchObservableResult, diag, type Meter } from "@opentelemetry/api";
import { ATTRIBUTES } from "../attributes.ts";

/** The subscriptions to measure, and where they are stored. */
export interface MeasuredProcessing {
  /** An opened adapter; it is not closed. */
  readonly storage: ProcessingStorageAdapter;
  readonly subscriptions: readonly Subscription[];
}

/**
 * Measures subscriptions each time that figures are collected: how many events they have still to handle, since when the first of these
 * waits, and how many are parked. For each subscription it reads at most 10,000 events, as `ProcessingControl.lag` does. Where it cannot, the
 * diagnostic logger of OpenTelemetry is told, and the subscription has no figures this time.
 *
 * @returns a function that ends it.
 */
export function measureSubscriptions(meter: Meter, { storage, subscriptions }: MeasuredProcessing): () => void {
  const control = new ProcessingControl({ storage });
  const lag = meter.createObservableGauge("eventfold.consumer.lag", {
    description: "Events that a subscription has still to handle; it is counted up to 10,000.",
    unit: "{message}",
  });
  const age = meter.createObservableGauge("eventfold.consumer.lag.age", {
    description: "How long ago the first event was observed that a subscription has still to handle; 0 without one.",
    unit: "s",
  });
  const parked = meter.createObservableGauge("eventfold.consumer.parked", {
    description: "Events of a subscription that are parked.",
    unit: "{message}",
  });

  async function observe(result: BatchObservableResult, subscription: Subscription): Promise<void> {
    const attributes = { [ATTRIBUTES.consumerGroup]: subscription.name };
    const { partitions } = await control.lag(subscription);
    const { subscriptions: stored } = await control.status([subscription.name]);
    const oldestMs = Math.max(0, ...partitions.map((partition) => partition.oldestMs ?? 0));
    const events = partitions.reduce((sum, partition) => sum + partition.events, 0);
    const count = stored.flatMap(({ status }) => status).reduce((sum, partition) => sum + partition.parked, 0);
    result.observe(lag, events, attributes);
    result.observe(age, oldestMs / 1000, attributes);
    result.observe(parked, count, attributes);
  }

  const observeAll = async (result: BatchObservableResult): Promise<void> => {
    for (const subscription of subscriptions) {
      await observe(result, subscription).catch((error: unknown) => {
        diag.warn(`eventfold: the subscription ${JSON.stringify(subscription.name)} could not be measured`, error);
      });
    }
  };
  const gauges = [lag, age, parked];
  meter.addBatchObservableCallback(observeAll, gauges);
  return () => meter.removeBatchObservableCallback(observeAll, gauges);
}
