import type { SourceIdentifier, StoredEvent } from "@eventfold/types";
import type { Projection } from "../projection.ts";
import { type CheckedDefinition, checkedDefinition, type GivenDefinition } from "./checked-definition.ts";
import { foldedOf } from "./continuation.ts";
import { eventsAfter, foldedWith, nothingFolded, projectionOf } from "./fold.ts";
import { KeyedFold, type KeyedFoldOptions, keysOf } from "./keyed-fold.ts";
import { projectSource, projectSourceByKey } from "./project-source.ts";
import type { KeyedProjector, Projector } from "./projector.ts";
import type { ProjectorDefinition, ProjectorSource, UnhandledEventPolicy } from "./projector-definition.ts";
import type { UntypedOptions } from "./untyped-options.ts";
import type { UntypedSource } from "./untyped-source.ts";

/** What {@link projectorFor} makes of a definition: with a `key` many projections from one source, else one. */
export type ProjectorOf<
  TState,
  TEvents extends object,
  TMetadata,
  TSource extends ProjectorSource,
  TUnhandled extends UnhandledEventPolicy,
  TKey,
> = [TKey] extends [never]
  ? Projector<TState, TEvents, TMetadata, TSource, TUnhandled>
  : KeyedProjector<TState, TEvents, TMetadata, TSource, TUnhandled>;

/** Tells a reader of the compiler's message what is missing. */
export interface MissingCall<TReason extends string> {
  readonly refusedBecause: TReason;
}

/** Takes the definition of a projector; its state and events are given, the rest is inferred. */
export type ProjectorFactory<TState, TEvents extends object> = <
  TMetadata = null,
  TSource extends ProjectorSource = "stream",
  TUnhandled extends UnhandledEventPolicy = "fail",
  TKey extends string | readonly string[] | undefined = never,
>(
  definition: ProjectorDefinition<TState, TEvents, TMetadata, TSource, TUnhandled, TKey>,
) => ProjectorOf<TState, TEvents, TMetadata, TSource, TUnhandled, TKey>;

/**
 * Makes projectors of a state from a table of events. Every event of the table must have a handler, or it does not compile,
 * unless `onUnhandledEvent` is `"ignore"`. Handlers, `id`, `key` and the metadata's `update` are pure and synchronous.
 *
 * The id of a projection is the name of its stream, or what `id` makes of its state; over a category or the log it is what
 * `id` says, or, with a `key`, the key of its events. An event may have several keys: it is then folded into the projection
 * of each, and handlers are told which one by their third argument.
 *
 * Handlers return the next state, {@link remove}, or, where there is a `merge`, {@link moveTo}.
 *
 * @throws `InvalidNameError` (`INVALID_NAME`) for a bad name; `RangeError` for a bad version; `TypeError` for what a compiler
 * would have refused.
 *
 * @example
 * ```ts
 * type AccountEvents = { "account-opened": { owner: string }; "money-deposited": { amount: number } };
 * const accountProjector = projectorFor<{ owner: string; balance: number }, AccountEvents>()({
 *   name: "account",
 *   initialState: () => ({ owner: "", balance: 0 }),
 *   handlers: {
 *     "account-opened": (state, { payload }) => ({ ...state, owner: payload.owner }),
 *     "money-deposited": (state, { payload }) => ({ ...state, balance: state.balance + payload.amount }),
 *   },
 * });
 * ```
 */
export function projectorFor<TState, TEvents extends object>(
  nothing?: MissingCall<"the definition goes into a second call: `projectorFor<State, Events>()({ … })`">,
): ProjectorFactory<TState, TEvents> {
  if (nothing !== undefined) {
    throw new TypeError("projectorFor takes its definition in a second call: projectorFor<State, Events>()({ … }).");
  }
  return ((given: GivenDefinition) => {
    const definition = checkedDefinition(given);
    return definition.key === undefined ? projectorOf(definition) : keyedProjectorOf(definition);
  }) as unknown as ProjectorFactory<TState, TEvents>;
}

function projectorOf(definition: CheckedDefinition): object {
  const { name, version, source: kind, id, reading } = definition;
  return Object.freeze({
    name,
    version,
    source: kind,
    ...(reading && { reading }),
    initial: (source: SourceIdentifier) => projectionOf(definition, { source }, nothingFolded(definition)),
    idOf: (source: SourceIdentifier) => (id === undefined && source.kind === "stream" ? source.stream : undefined),
    apply: (projection: Projection, events: readonly StoredEvent[]) => {
      const start = foldedOf(definition, projection);
      const next = eventsAfter(definition, start.lastSequenceNumber, events);
      const { source } = projection;
      const folded = next.reduce((before, event) => foldedWith(definition, before, { event, source }), start);
      return projectionOf(definition, { source }, folded);
    },
    project: (source: UntypedSource, options: UntypedOptions<Projection> = {}) =>
      projectSource(definition, source, options),
  });
}

function keyedProjectorOf(definition: CheckedDefinition): object {
  const { name, version, source: kind, merge, reading } = definition;
  return Object.freeze({
    name,
    version,
    source: kind,
    ...(reading && { reading }),
    merges: merge !== undefined,
    keysOf: (event: StoredEvent) => keysOf(definition, event),
    initial: (source: SourceIdentifier, key: string) =>
      projectionOf(definition, { source, key }, nothingFolded(definition)),
    applyMany: (events: readonly StoredEvent[], { source, projections }: KeyedFoldOptions) => {
      const fold = new KeyedFold(definition, { source, projections });
      for (const event of events) fold.add(event);
      return fold.changed();
    },
    projectMany: (source: UntypedSource, options: UntypedOptions<readonly Projection[]> = {}) =>
      projectSourceByKey(definition, source, options),
  });
}
