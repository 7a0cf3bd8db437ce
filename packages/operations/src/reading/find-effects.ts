import { type EventStorageAdapter, type JsonValue, originOf } from "@eventfold/store";
import type { StoredEventText } from "@eventfold/store/adapter";
import { type EventOutline, outlineOfText } from "./event-outline.ts";
import { readTexts } from "./read-texts.ts";

/** An event that another one caused. */
export interface Effect {
  readonly event: EventOutline;
  /** The id of the event that caused it: one that was looked for, or one that was found before. */
  readonly causedBy: string;
}

/** What was found of the effects of events, and how far it was looked for. */
export interface Effects {
  /** By sequence number. */
  readonly effects: readonly Effect[];
  /** All events up to this number were looked at: the next search goes on after it. */
  readonly upTo: number;
  /** Whether these were all events that there are. */
  readonly isComplete: boolean;
}

/** Where effects are looked for. */
export interface FindEffectsOptions {
  /** The ids of the events whose effects, and effects of effects, are wanted. */
  readonly of: readonly string[];
  /** The number after which the search begins: as a rule that of the earliest of these events. */
  readonly after: number;
  /** How many sequence numbers are looked at, 1 or more; `Number.POSITIVE_INFINITY`: all. */
  readonly numbers: number;
  /** The most effects to find, 1 or more; the search ends with the one that makes it full. */
  readonly limit: number;
  readonly signal?: AbortSignal | undefined;
  /** Is called now and then, with the number up to which events were looked at. */
  readonly onProgress?: ((upTo: number) => void) | undefined;
}

/** In code points. Longer metadata is looked up event by event, where it may name a cause. */
const METADATA_READ = 2_000;

/**
 * Finds the events that have one of these as their cause, by the `causationId` in their metadata, and those that these caused in
 * turn. An effect is published after its cause, so one pass forwards finds them all. There is no index on causes: it reads every
 * event of the window, about 100,000 a second, and holds what it found and a page of events.
 *
 * @throws what the adapter rejects with; the signal's reason.
 */
export async function findEffects(events: EventStorageAdapter, options: FindEffectsOptions): Promise<Effects> {
  const { after, numbers, limit, signal, onProgress } = options;
  const effects: Effect[] = [];
  const causes = new Set(options.of);
  const newest = (await events.storage.latest({ kind: "log" }))?.sequenceNumber ?? 0;
  const end = Math.min(newest, after + numbers);
  const window = { after, before: end + 1, direction: "forwards", maxTextLength: METADATA_READ, signal } as const;
  for await (const page of readTexts(events, { kind: "log" }, window)) {
    for (const event of page) {
      const causedBy = await causeOf(events, event);
      if (causedBy === undefined || !causes.has(causedBy)) continue;
      effects.push({ event: outlineOfText(event), causedBy });
      causes.add(event.id);
      if (effects.length === limit)
        return { effects, upTo: event.sequenceNumber, isComplete: event.sequenceNumber >= newest };
    }
    onProgress?.(page.at(-1)?.sequenceNumber ?? after);
  }
  return { effects, upTo: Math.max(end, after), isComplete: end >= newest };
}

async function causeOf({ storage }: EventStorageAdapter, event: StoredEventText): Promise<string | undefined> {
  const { id, metadata, metadataLength } = event;
  if (metadata === null) return undefined;
  if (Buffer.byteLength(metadata) < metadataLength) {
    const whole = await storage.eventById(id);
    return whole && originOf(whole).causationId;
  }
  return metadata.includes("causationId") ? originOf({ id, metadata: parsed(metadata) }).causationId : undefined;
}

/** Damaged text names no cause. */
function parsed(json: string): JsonValue {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
