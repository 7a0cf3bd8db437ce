import { tracingChannel } from "node:diagnostics_channel";
import type { PublishEntry } from "./publishing.ts";

const publishChannel = tracingChannel("eventfold:publish");

/**
 * Runs a publish within the tracing channel `eventfold:publish`, whose messages carry `entries`:
 * `{ category, stream, events }`, the last a count. Without a subscriber it costs one check.
 */
export function tracedPublish<T>(entries: readonly PublishEntry[], publish: () => Promise<T>): Promise<T> {
  if (!publishChannel.hasSubscribers) return publish();
  const described = entries.map(({ category, stream, events }) => ({ category, stream, events: events.length }));
  return publishChannel.tracePromise(publish, { entries: described });
}
