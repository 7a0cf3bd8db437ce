import type { EventTranslation, SourceOptions } from "@eventfold/store";
import type { ProjectorDefinition, ProjectorSource, UnhandledEventPolicy } from "./projector-definition.ts";
import { type ProjectorOf, projectorFor } from "./projector-for.ts";

/** A projector that knows how sources are read for it. */
export interface ReadingByDefinitions<TEvents extends object> {
  readonly reading: SourceOptions<TEvents>;
}

/** What a projector of defined events is made from. */
export type DefinedProjectorDefinition<
  TState,
  TEvents extends object,
  TMetadata,
  TSource extends ProjectorSource,
  TUnhandled extends UnhandledEventPolicy,
  TKey extends string | readonly string[] | undefined,
> = {
  /** The definitions of its events: handlers see what these read. */
  readonly events: EventTranslation<TEvents>;
  /** The state before any event; its type is that of the state. */
  readonly initialState: () => TState;
} & ProjectorDefinition<NoInfer<TState>, NoInfer<TEvents>, TMetadata, TSource, TUnhandled, TKey>;

/**
 * Makes a projector of events that are defined by `defineEvents`: like {@link projectorFor}, with the types of the
 * state and of the events inferred. It reads sources with the same definitions.
 *
 * @throws as {@link projectorFor} does.
 *
 * @example
 * ```ts
 * const accountProjector = defineProjector({
 *   name: "account",
 *   events: accountEvents,
 *   initialState: () => ({ owner: "", balance: 0 }),
 *   handlers: {
 *     "account-opened": (state, { payload }) => ({ ...state, owner: payload.owner }),
 *     "money-deposited": (state, { payload }) => ({ ...state, balance: state.balance + payload.amount }),
 *   },
 * });
 * const { state } = await accountProjector.project(store.category("accounts", { events: accountEvents }).stream("acc-1"));
 * ```
 */
export function defineProjector<
  TState,
  TEvents extends object,
  TMetadata = null,
  TSource extends ProjectorSource = "stream",
  TUnhandled extends UnhandledEventPolicy = "fail",
  TKey extends string | readonly string[] | undefined = never,
>(
  definition: DefinedProjectorDefinition<TState, TEvents, TMetadata, TSource, TUnhandled, TKey>,
): ReadingByDefinitions<TEvents> & ProjectorOf<TState, TEvents, TMetadata, TSource, TUnhandled, TKey> {
  if (definition?.events === undefined) {
    throw new TypeError("defineProjector needs the definitions of its events, made by defineEvents.");
  }
  const projector = projectorFor<TState, TEvents>()<TMetadata, TSource, TUnhandled, TKey>(definition);
  return projector as ReadingByDefinitions<TEvents> & typeof projector;
}
