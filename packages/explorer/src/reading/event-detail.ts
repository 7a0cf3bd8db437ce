import { type EventOutline, findCauses } from "@eventfold/operations";
import { type EventStorageAdapter, originOf } from "@eventfold/store";
import type { StoredEventText } from "@eventfold/store/adapter";
import type { JsonValue } from "@eventfold/types";
import { readOneText, readTextAt } from "./event-texts.ts";

/** How many characters of a payload are shown of one event. What is longer can be downloaded. */
const SHOWN_TEXT_LENGTH = 50_000;

/** Of a chain of causes so many are shown, the nearest. */
const MOST_CAUSES = 20;

/** An event with what is around it. */
export interface EventDetail {
  /** Its texts are cut behind 50,000 characters. */
  readonly event: StoredEventText;
  /** The numbers of the events before and after it in its stream; `null` where there is none. */
  readonly previousInStream: number | null;
  readonly nextInStream: number | null;
  /** What the event belongs to, by its metadata; its own id where that does not say. */
  readonly correlationId: string;
  /** Who caused it; `null` where its metadata does not say. */
  readonly actor: string | null;
  /** What caused it, what caused that, and so on: the nearest first, 20 at most. */
  readonly causes: readonly EventOutline[];
  /** The id of the next cause, where it is not in the log or the chain is longer; `null` where the chain ends. */
  readonly furtherCause: string | null;
}

/** Reads the event with a number, with what is around it; `undefined` when there is none. */
export async function readEventDetail(
  adapter: EventStorageAdapter,
  { sequenceNumber, signal }: { readonly sequenceNumber: number; readonly signal: AbortSignal },
): Promise<EventDetail | undefined> {
  const event = await readTextAt(adapter, sequenceNumber, { maxTextLength: SHOWN_TEXT_LENGTH, signal });
  if (event === undefined) return undefined;
  const stream = { kind: "stream", category: event.category, stream: event.stream } as const;
  const near = { maxTextLength: 1, signal } as const;
  const [previous, next, origin] = await Promise.all([
    readOneText(adapter, stream, { ...near, before: sequenceNumber, direction: "backwards" }),
    readOneText(adapter, stream, { ...near, after: sequenceNumber, direction: "forwards" }),
    readOrigin(adapter, event, signal),
  ]);
  return {
    event,
    previousInStream: previous?.sequenceNumber ?? null,
    nextInStream: next?.sequenceNumber ?? null,
    ...origin,
  };
}

/** Where an event comes from, as its metadata says. */
async function readOrigin(
  adapter: EventStorageAdapter,
  { id, metadata: text }: StoredEventText,
  signal: AbortSignal,
): Promise<Pick<EventDetail, "correlationId" | "actor" | "causes" | "furtherCause">> {
  const { correlationId, causationId, actor = null } = originOf({ id, metadata: parsed(text) });
  if (causationId === undefined) return { correlationId, actor, causes: [], furtherCause: null };
  const nearest = await adapter.storage.eventById(id);
  if (nearest === undefined) return { correlationId, actor, causes: [], furtherCause: causationId };
  const { causes, end } = await findCauses(adapter, nearest, { signal });
  const further = causes[MOST_CAUSES]?.id ?? (end.kind === "missing" ? end.id : null);
  return { correlationId, actor, causes: causes.slice(0, MOST_CAUSES), furtherCause: further };
}

/** Metadata that was cut or damaged is as good as none. */
function parsed(text: string | null): JsonValue {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
