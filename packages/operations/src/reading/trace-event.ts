import type { EventStorageAdapter } from "@eventfold/store";
import { isEventId } from "@eventfold/store/adapter";
import { type EventOutline, outlineOf } from "./event-outline.ts";
import { type CausesEnd, findCauses } from "./find-causes.ts";
import { type Effect, findEffects } from "./find-effects.ts";

/** An event, and what it caused. */
export interface CausedEvent {
  readonly event: EventOutline;
  /** What it caused directly, by sequence number. */
  readonly effects: readonly CausedEvent[];
}

/** What caused an event and what it caused. */
export interface EventTrace extends CausedEvent {
  /** The cause of the event, the cause of that, and so on. */
  readonly causes: readonly EventOutline[];
  /** Why there are no further causes. */
  readonly causesEnd: CausesEnd;
  /** Where effects were looked for. */
  readonly search: {
    /** The number of the event: the search began after it. */
    readonly after: number;
    /** All events up to this number were looked at. */
    readonly upTo: number;
    /** Whether these were all events that there are. */
    readonly isComplete: boolean;
  };
}

/** How an event is traced. */
export interface TraceOptions {
  /** How many sequence numbers after the event are searched; `Number.POSITIVE_INFINITY`: all. Default: 100,000. */
  readonly numbers?: number | undefined;
  /** The most effects to find. Default: 10,000. */
  readonly limit?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Is called now and then, with the number up to which events were searched. */
  readonly onProgress?: ((upTo: number) => void) | undefined;
}

/**
 * Finds what caused an event and what it caused, by the `causationId` in the metadata of events: climbs to the causes by their
 * ids, then searches the events after it for effects, and effects of effects.
 *
 * @returns `undefined` when there is no such event.
 * @throws what the adapter rejects with; the signal's reason.
 *
 * @example
 * ```ts
 * const trace = await traceEvent(adapter, "019a2f3e-7c1b-7d05-8e6a-2b9f4c1d0e7a");
 * console.log(trace?.causes.map(({ name }) => name), trace?.effects.map(({ event }) => event.name));
 * ```
 */
export async function traceEvent(
  events: EventStorageAdapter,
  id: string,
  { numbers = 100_000, limit = 10_000, signal, onProgress }: TraceOptions = {},
): Promise<EventTrace | undefined> {
  const event = isEventId(id) ? await events.storage.eventById(id) : undefined;
  if (event === undefined) return undefined;
  const { causes, end } = await findCauses(events, event, { signal });
  const after = event.sequenceNumber;
  const found = await findEffects(events, { of: [id], after, numbers, limit, signal, onProgress });
  const { upTo, isComplete } = found;
  return {
    ...treeOf(outlineOf(event), found.effects),
    causes,
    causesEnd: end,
    search: { after, upTo, isComplete },
  };
}

/**
 * Effects as a tree below the event that they come from.
 *
 * @param effects as {@link findEffects} gives them: each after its cause.
 */
export function treeOf(event: EventOutline, effects: readonly Effect[]): CausedEvent {
  const root = { event, effects: [] as CausedEvent[] };
  const nodes = new Map([[event.id, root]]);
  for (const effect of effects) {
    const node = { event: effect.event, effects: [] };
    nodes.get(effect.causedBy)?.effects.push(node);
    nodes.set(effect.event.id, node);
  }
  return root;
}
