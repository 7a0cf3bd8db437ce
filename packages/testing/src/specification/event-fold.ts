import type { SourceIdentifier, StoredEvent } from "@eventfold/types";
import { snapshotOf } from "./snapshot.ts";

/** The results of a fold before the first event and after each one, up to an event that it could not take. */
export interface EventFold<TState> {
  readonly states: readonly TState[];
  readonly failure?: { readonly index: number; readonly error: unknown };
}

/** Folds events one by one, and keeps every intermediate state. */
export function foldedEvents<TState, TEvent>(
  initial: TState,
  events: readonly TEvent[],
  evolve: (state: TState, event: TEvent) => TState,
): EventFold<TState> {
  let state = snapshotOf(initial);
  const states = [snapshotOf(state)];
  for (const [index, event] of events.entries()) {
    try {
      state = evolve(state, event);
      states.push(snapshotOf(state));
    } catch (error) {
      return { states, failure: { index, error } };
    }
  }
  return { states };
}

/**
 * The source of this kind that events come from; without events, the source of the events that a test makes up.
 *
 * @throws `TypeError` when the events come from several sources.
 */
export function sourceOfKind<TKind extends SourceIdentifier["kind"]>(
  kind: TKind,
  events: readonly StoredEvent[],
): Extract<SourceIdentifier, { readonly kind: TKind }> {
  const { category, stream } = events[0] ?? { category: "things", stream: "thing-1" };
  const isElsewhere = (event: StoredEvent): boolean =>
    (kind !== "log" && event.category !== category) || (kind === "stream" && event.stream !== stream);
  if (events.some(isElsewhere)) throw new TypeError(`It reads one ${kind}, but the given events are of several.`);
  const identifiers = { log: { kind }, category: { kind, category }, stream: { kind, category, stream } };
  return identifiers[kind] as unknown as Extract<SourceIdentifier, { readonly kind: TKind }>;
}
