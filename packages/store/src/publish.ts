import type { StreamIdentifier } from "@eventfold/types";
import { tracedPublish } from "./diagnostics.ts";
import { publishInline } from "./inline-publishing.ts";
import { type LogPublishEntry, logEntries, type PublishRequest, streamEntry } from "./publish-request.ts";
import { type PublishedEntries, type PublishedEvents, withOutcome } from "./published-events.ts";
import { type PublishEntry, type Published, publishEntries } from "./publishing.ts";
import { defaultsOf, type StoreContext } from "./store-context.ts";

/** Validates and publishes to one stream. */
export async function publishToStream<TEvents extends object>(
  context: StoreContext,
  stream: StreamIdentifier,
  request: PublishRequest<TEvents>,
): Promise<PublishedEvents<TEvents>> {
  const entry = streamEntry(stream, request, defaultsOf(context));
  const { events, isRepeat } = await tracedPublish([entry], () => publishTo(context, [entry]));
  return withOutcome(events[0] ?? [], isRepeat) as PublishedEvents<TEvents>;
}

/** Validates and publishes to several streams. */
export async function publishToStreams<TEvents extends object>(
  context: StoreContext,
  requested: readonly LogPublishEntry<TEvents>[],
): Promise<PublishedEntries<TEvents>> {
  const entries = logEntries(requested, defaultsOf(context));
  const { events, isRepeat } = await tracedPublish(entries, () => publishTo(context, entries));
  return withOutcome(events, isRepeat) as PublishedEntries<TEvents>;
}

function publishTo({ storage, inline }: StoreContext, entries: readonly PublishEntry[]): Promise<Published> {
  return inline === undefined ? publishEntries(storage, entries) : publishInline(inline, entries);
}
