import type { StreamIdentifier } from "@eventfold/types";
import { tracedPublish } from "./diagnostics.ts";
import { type LogPublishEntry, logEntries, type PublishRequest, streamEntry } from "./publish-request.ts";
import { type PublishedEntries, type PublishedEvents, withOutcome } from "./published-events.ts";
import { defaultsOf, type StoreContext } from "./store-context.ts";

/** Validates and publishes to one stream. */
export async function publishToStream<TEvents extends object>(
  context: StoreContext,
  stream: StreamIdentifier,
  request: PublishRequest<TEvents>,
): Promise<PublishedEvents<TEvents>> {
  const entry = streamEntry(stream, request, defaultsOf(context));
  const { events, isRepeat } = await tracedPublish([entry], () => context.publishEntries([entry]));
  return withOutcome(events[0] ?? [], isRepeat) as PublishedEvents<TEvents>;
}

/** Validates and publishes to several streams. */
export async function publishToStreams<TEvents extends object>(
  context: StoreContext,
  requested: readonly LogPublishEntry<TEvents>[],
): Promise<PublishedEntries<TEvents>> {
  const entries = logEntries(requested, defaultsOf(context));
  const { events, isRepeat } = await tracedPublish(entries, () => context.publishEntries(entries));
  return withOutcome(events, isRepeat) as PublishedEntries<TEvents>;
}
