import type { Counter, Histogram, Meter } from "@opentelemetry/api";

/** From 50 microseconds to 30 seconds: publishes in memory take some of the former, a full queue some of the latter. */
const SECONDS = [
  0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
];

const COUNTS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

/** What is counted and measured as it happens. */
export interface Instruments {
  readonly operationDuration: Histogram;
  readonly processDuration: Histogram;
  readonly sent: Counter;
  readonly consumed: Counter;
  readonly conflicts: Counter;
  readonly commitDuration: Histogram;
  readonly commitSize: Histogram;
  readonly queueWait: Histogram;
  readonly leaseChanges: Counter;
}

/** Makes the instruments of a meter. */
export function createInstruments(meter: Meter): Instruments {
  const seconds = { unit: "s", advice: { explicitBucketBoundaries: SECONDS } };
  const counts = { advice: { explicitBucketBoundaries: COUNTS } };
  return {
    operationDuration: meter.createHistogram("messaging.client.operation.duration", {
      description: "How long a publish, the reading of a page, or the storing of a checkpoint takes.",
      ...seconds,
    }),
    processDuration: meter.createHistogram("messaging.process.duration", {
      description: "How long a handler takes for an event or a batch, or a save of projections.",
      ...seconds,
    }),
    sent: meter.createCounter("messaging.client.sent.messages", {
      description: "Events that were to be published.",
      unit: "{message}",
    }),
    consumed: meter.createCounter("messaging.client.consumed.messages", {
      description: "Events that handlers were given, each time that they were.",
      unit: "{message}",
    }),
    conflicts: meter.createCounter("eventfold.publish.conflicts", {
      description: "Publishes that were refused because a condition did not hold, or an event had been published.",
      unit: "{publish}",
    }),
    commitDuration: meter.createHistogram("eventfold.commit.duration", {
      description: "How long one commit of an adapter takes, whatever the number of publishes in it.",
      ...seconds,
    }),
    commitSize: meter.createHistogram("eventfold.commit.size", {
      description: "How many publishes are stored in one commit.",
      unit: "{publish}",
      ...counts,
    }),
    queueWait: meter.createHistogram("eventfold.publish.queue_wait", {
      description: "How long a publish waits before its commit begins.",
      ...seconds,
    }),
    leaseChanges: meter.createCounter("eventfold.lease.changes", {
      description: "Partitions that were claimed, released or lost, and nodes that were taken for dead.",
      unit: "{change}",
    }),
  };
}
