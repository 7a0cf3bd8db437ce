import type { EventStorageAdapter, SourceIdentifier } from "@eventfold/store";
import type { StoredEventText } from "@eventfold/store/adapter";
import { type EventOutline, outlineOfText } from "./event-outline.ts";
import { readTexts } from "./read-texts.ts";

/** Where the first event is looked for, and from when on. */
export interface FirstEventFromOptions {
  readonly source: SourceIdentifier;
  /** When the event was observed at the earliest. */
  readonly time: Date;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Finds the first event of a source that was observed at or after a time, by halving over sequence numbers: some twenty reads of one event
 * in a log of a million. Where events were not stored in the order in which they were observed, it finds one of those around.
 *
 * @returns `undefined` when all were observed before.
 * @throws what the adapter rejects with; the signal's reason.
 *
 * @example
 * ```ts
 * const first = await findFirstEventFrom(adapter, { source: { kind: "log" }, time: new Date("2026-01-31") });
 * ```
 */
export async function findFirstEventFrom(
  events: EventStorageAdapter,
  { source, time, signal }: FirstEventFromOptions,
): Promise<EventOutline | undefined> {
  const timeMs = time.getTime();
  const newest = await readOne(events, source, { direction: "backwards", signal });
  let low = 0; // every event up to here was observed before the time
  let high = newest?.sequenceNumber ?? 0; // the first event after this, if any, was not
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const event = await readOne(events, source, { after: middle, direction: "forwards", signal });
    if (event === undefined || event.observedAtMs >= timeMs) high = middle;
    else low = event.sequenceNumber;
  }
  const first = await readOne(events, source, { after: low, direction: "forwards", signal });
  return first && outlineOfText(first);
}

async function readOne(
  events: EventStorageAdapter,
  source: SourceIdentifier,
  options: {
    readonly after?: number;
    readonly direction: "forwards" | "backwards";
    readonly signal: AbortSignal | undefined;
  },
): Promise<StoredEventText | undefined> {
  for await (const [event] of readTexts(events, source, { ...options, limit: 1, maxTextLength: 1 })) return event;
  return undefined;
}
