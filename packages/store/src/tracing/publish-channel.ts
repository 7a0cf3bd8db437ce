import { tracingChannel } from "node:diagnostics_channel";
import type { StoredEvent } from "@eventfold/types";

/** What a publish stores to one stream, or checks there, as it was given: nothing of it has been checked when the publish starts. */
export interface TracedEntry {
  /** Empty where no text was given. */
  readonly category: string;
  /** Empty where no text was given. */
  readonly stream: string;
  /** How many. */
  readonly events: number;
}

/** How a publish ended: its events as they are stored, so that protected fields do not get there. */
export interface TracedPublish {
  /** Per entry, in entry order. */
  readonly events: readonly (readonly StoredEvent[])[];
  readonly isRepeat: boolean;
}

/**
 * A message of the tracing channel `eventfold:publish`: one publish, from the call to the answer, validation and preparation included. What
 * is bound to its `start` is in force when the metadata of the store is made.
 */
export interface PublishMessage {
  readonly entries: readonly TracedEntry[];
  /** From `asyncEnd` on, where the publish has succeeded. */
  readonly result?: TracedPublish | undefined;
  /** From `error` on, where it has failed. */
  readonly error?: unknown;
}

/** What a caller gave for one stream. */
interface GivenPart {
  readonly category?: unknown;
  readonly stream?: unknown;
  readonly events?: unknown;
}

const publishes = tracingChannel<unknown, object>("eventfold:publish");

/** Whether anybody listens. All that tracing costs a publish when nobody does. */
export function arePublishesTraced(): boolean {
  return publishes.hasSubscribers;
}

/** Publishes within the tracing channel `eventfold:publish`. What is thrown there is rejected with, like all else. */
export async function tracePublish<T extends TracedPublish>(
  given: readonly GivenPart[],
  publish: () => Promise<T>,
): Promise<T> {
  const message: PublishMessage = { entries: given.map(describe) };
  let published: T | undefined;
  await publishes.tracePromise(async (): Promise<TracedPublish> => {
    published = await publish();
    const { events, isRepeat } = published;
    return { events, isRepeat };
  }, message);
  return published as T;
}

function describe(given: GivenPart): TracedEntry {
  const { category, stream, events } = given ?? {};
  return { category: textOf(category), stream: textOf(stream), events: Array.isArray(events) ? events.length : 0 };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
