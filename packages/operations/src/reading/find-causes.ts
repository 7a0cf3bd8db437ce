import { type EventStorageAdapter, originOf, type StoredEvent } from "@eventfold/store";
import { isEventId } from "@eventfold/store/adapter";
import { type EventOutline, outlineOf } from "./event-outline.ts";

/** Where a climb from an event to what caused it has ended. */
export type CausesEnd =
  /** At an event that names no cause: a person or another system was the cause. */
  | { readonly kind: "origin" }
  /** At an event whose cause is not in the log. Its `causationId` comes from outside and may be anything. */
  | { readonly kind: "missing"; readonly id: string }
  /** At an event whose cause is an event that was passed already. */
  | { readonly kind: "circle"; readonly id: string }
  /** After as many causes as may be climbed. */
  | { readonly kind: "limit" };

/** What caused an event. */
export interface Causes {
  /** The cause of the event, the cause of that, and so on. */
  readonly causes: readonly EventOutline[];
  readonly end: CausesEnd;
}

/** More causes than that are a fault of whoever publishes, not a chain that a person wants to see. */
const MOST_CAUSES = 1_000;

/**
 * Climbs from an event to what caused it, by the `causationId` in its metadata, at most 1,000 steps: one look-up by id each.
 *
 * @throws what the adapter rejects with; the signal's reason.
 */
export async function findCauses(
  { storage }: EventStorageAdapter,
  event: StoredEvent,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Causes> {
  const causes: EventOutline[] = [];
  const passed = new Set([event.id]);
  for (let { causationId: id } = originOf(event); id !== undefined; ) {
    signal?.throwIfAborted();
    if (passed.has(id)) return { causes, end: { kind: "circle", id } };
    if (causes.length === MOST_CAUSES) return { causes, end: { kind: "limit" } };
    const cause = isEventId(id) ? await storage.eventById(id) : undefined;
    if (cause === undefined) return { causes, end: { kind: "missing", id } };
    causes.push(outlineOf(cause));
    passed.add(id);
    id = originOf(cause).causationId;
  }
  return { causes, end: { kind: "origin" } };
}
