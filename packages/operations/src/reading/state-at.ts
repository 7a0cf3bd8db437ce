import type { Projection } from "@eventfold/projections";
import type { EventSource, EventStore, SourceIdentifier, SourceOptions, StreamConstraint } from "@eventfold/store";
import type { AnyProjector } from "./any-projector.ts";
import { constraintsOf, type StatePlace } from "./state-place.ts";

/** What is folded, with what, and up to where. */
export interface StateAtOptions {
  /** Reads the source. It needs no definitions: the projector has its own. */
  readonly store: EventStore;
  readonly projector: AnyProjector;
  /** Of the kind that the projector folds. */
  readonly source: SourceIdentifier;
  /** Default: to the newest event. */
  readonly place?: StatePlace | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How a projector folds, as far as tools know it. */
interface Folding {
  readonly constraints: readonly StreamConstraint[];
  readonly order?: "occurred";
  readonly signal: AbortSignal | undefined;
}

/**
 * Folds a source up to a place. It reads the source from its first event on, a page at a time; nothing is stored.
 *
 * @returns the projection of the source; of a projector with keys, those of all keys that occurred, removed ones included.
 * @throws `TypeError` when the projector folds another kind of source; what `Projector.project` rejects with, such as errors of
 * its handlers.
 *
 * @example
 * ```ts
 * const source = { kind: "stream", category: "accounts", stream: "acc-1" } as const;
 * const place = { kind: "observed", time: new Date("2026-01-31") } as const;
 * const [then] = await stateAt({ store, projector: accountProjector, source, place });
 * ```
 */
export async function stateAt(options: StateAtOptions): Promise<readonly Projection[]> {
  const { store, projector, source, place = { kind: "newest" }, signal } = options;
  const readable = readableSource(store, projector, source);
  const isInOrderOfOccurrence = place.kind === "occurred" && source.kind === "stream";
  const folding: Folding = {
    constraints: constraintsOf(place),
    signal,
    ...(isInOrderOfOccurrence && { order: "occurred" }),
  };
  // Projectors of others: which events they fold, only their own types know.
  if ("keysOf" in projector) return projector.projectMany(readable as never, folding as never);
  return [await projector.project(readable as never, folding as never)];
}

/**
 * The source that a projector folds, read as the projector wants it.
 *
 * @throws `TypeError` when the projector folds another kind of source.
 */
export function readableSource(store: EventStore, projector: AnyProjector, source: SourceIdentifier): EventSource {
  if (projector.source !== source.kind) {
    throw new TypeError(`The projector ${projector.name} folds a ${projector.source}, not a ${source.kind}.`);
  }
  const reading = projector.reading as SourceOptions | undefined;
  switch (source.kind) {
    case "log":
      return store.log(reading);
    case "category":
      return store.category(source.category, reading);
    case "stream":
      return store.stream(source, reading);
  }
}
