import { originOf } from "@eventfold/store";
import type { EventStorage, StoredEventText } from "@eventfold/store/adapter";
import { logIdentifier, type StoredEvent } from "@eventfold/types";
import { readOneText, withCutTexts } from "./event-texts.ts";

/** How many characters of a payload are shown of one event. What is longer can be downloaded. */
export const SHOWN_TEXT_LENGTH = 100_000;

/** A chain of causes is climbed so far for one request. */
const MOST_CAUSES = 20;

/** An event that is named by another one. */
export type NamedEvent = Pick<StoredEventText, "id" | "name" | "category" | "stream" | "position" | "sequenceNumber">;

/** An event with what is around it. */
export interface EventDetail {
  /** Its texts are cut behind 100,000 characters. */
  readonly event: StoredEventText;
  /** The numbers of the events before and after it in its stream; `null` where there is none. */
  readonly previousInStream: number | null;
  readonly nextInStream: number | null;
  /** What the event belongs to, by its metadata; its own id where that does not say. */
  readonly correlationId: string;
  /** Who caused it; `null` where its metadata does not say. */
  readonly actor: string | null;
  /** What caused it, what caused that, and so on: the nearest first, 20 at most. */
  readonly causes: readonly NamedEvent[];
  /** The id of a cause that is not in the log, or that is not climbed to any more; `null` where the chain is complete. */
  readonly furtherCause: string | null;
}

/** Reads the event with a number, with what is around it; `undefined` when there is none. */
export async function readEventDetail(
  storage: EventStorage,
  { sequenceNumber, signal }: { readonly sequenceNumber: number; readonly signal: AbortSignal },
): Promise<EventDetail | undefined> {
  const at = { after: sequenceNumber - 1, before: sequenceNumber + 1, direction: "forwards", signal } as const;
  const event = await readOneText(storage, logIdentifier(), { ...at, maxTextLength: SHOWN_TEXT_LENGTH });
  if (event === undefined) return undefined;
  const stream = { kind: "stream", category: event.category, stream: event.stream } as const;
  const near = { maxTextLength: 1, signal } as const;
  const [previous, next] = await Promise.all([
    readOneText(storage, stream, { ...near, before: sequenceNumber, direction: "backwards" }),
    readOneText(storage, stream, { ...near, after: sequenceNumber, direction: "forwards" }),
  ]);
  const { correlationId, causationId, actor } = originOf({ id: event.id, metadata: metadataOf(event) });
  return {
    event: withCutTexts(event, SHOWN_TEXT_LENGTH),
    previousInStream: previous?.sequenceNumber ?? null,
    nextInStream: next?.sequenceNumber ?? null,
    correlationId,
    actor: actor ?? null,
    ...(await climb(storage, causationId)),
  };
}

/** Metadata that was cut or damaged is as good as none. */
function metadataOf({ metadata }: StoredEventText): StoredEvent["metadata"] {
  try {
    return metadata === null ? null : JSON.parse(metadata);
  } catch {
    return null;
  }
}

async function climb(
  storage: EventStorage,
  causationId: string | undefined,
): Promise<Pick<EventDetail, "causes" | "furtherCause">> {
  const causes: NamedEvent[] = [];
  let id = causationId;
  while (id !== undefined && causes.length < MOST_CAUSES && causes.every((known) => known.id !== id)) {
    const cause = await storage.eventById(id);
    if (cause === undefined) break;
    const { name, category, stream, position, sequenceNumber } = cause;
    causes.push({ id, name, category, stream, position, sequenceNumber });
    id = originOf(cause).causationId;
  }
  return { causes, furtherCause: id === undefined || causes.some((cause) => cause.id === id) ? null : id };
}
