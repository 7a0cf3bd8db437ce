import type { AnyEvents, EventName, ReadPayload, SourceIdentifier, StoredEvent, StoredEventOf } from "@eventfold/types";
import type { Move, Removal } from "./outcome.ts";

/** What a projector reads: one stream, one category, or the log. */
export type ProjectorSource = SourceIdentifier["kind"];

/** The identifier of a source of this kind. */
export type IdentifierOf<TSource extends ProjectorSource> = Extract<SourceIdentifier, { readonly kind: TSource }>;

/** What becomes of an event without a handler. */
export type UnhandledEventPolicy = "fail" | "ignore";

/**
 * A pure function for each event name: from the state so far and the event to the next state, or to what else becomes of the
 * projection. With a `key` it is told whose projection it is: an event may belong to several.
 */
export type EventHandlers<
  TState,
  TEvents extends object = AnyEvents,
  TKey extends readonly string[] = readonly [],
  TOutcome = Removal,
> = {
  readonly [TName in EventName<TEvents>]: (
    state: TState,
    event: StoredEventOf<TName, ReadPayload<TEvents[TName]>>,
    ...key: TKey
  ) => TState | TOutcome;
};

/** What a projector knows about a state, besides the state. */
export interface ProjectorMetadata<TMetadata, TEvents extends object = AnyEvents> {
  /** The metadata before any event. */
  readonly initial: () => TMetadata;
  /** The metadata after an event that has a handler. A pure function. */
  readonly update: (metadata: TMetadata, event: StoredEvent<TEvents>) => NoInfer<TMetadata>;
  /** The metadata of a projection that another one was merged into; needed by a projector with `merge`. A pure function. */
  readonly merge?: ((into: TMetadata, from: TMetadata) => NoInfer<TMetadata>) | undefined;
}

/** With `"fail"` a handler for every event of the table; with `"ignore"` for those that matter. */
type HandlersFor<TUnhandled extends UnhandledEventPolicy, THandlers> = TUnhandled extends "ignore"
  ? Partial<THandlers>
  : THandlers;

type IdOf<TState, TSource extends ProjectorSource> = (state: TState, source: IdentifierOf<TSource>) => string;
type Key = readonly [key: string];

/**
 * How the id of a projection is found, and the handlers that go with it: by the name of the stream, from the state, or by the
 * key of its events, which handlers are told.
 */
export type ProjectionIdentity<
  TState,
  TEvents extends object,
  TSource extends ProjectorSource,
  TUnhandled extends UnhandledEventPolicy,
> = TSource extends "stream"
  ? {
      readonly id?: IdOf<TState, TSource> | undefined;
      readonly key?: undefined;
      readonly merge?: undefined;
      readonly handlers: HandlersFor<TUnhandled, EventHandlers<TState, TEvents>>;
    }
  :
      | {
          readonly id: IdOf<TState, TSource>;
          readonly key?: undefined;
          readonly merge?: undefined;
          readonly handlers: HandlersFor<TUnhandled, EventHandlers<TState, TEvents>>;
        }
      | {
          readonly id?: undefined;
          readonly key: (event: StoredEvent<TEvents>) => string | readonly string[] | undefined;
          readonly merge?: undefined;
          readonly handlers: HandlersFor<TUnhandled, EventHandlers<TState, TEvents, Key>>;
        }
      | {
          readonly id?: undefined;
          readonly key: (event: StoredEvent<TEvents>) => string | readonly string[] | undefined;
          readonly merge: (into: TState, from: TState) => TState;
          readonly handlers: HandlersFor<TUnhandled, EventHandlers<TState, TEvents, Key, Removal | Move>>;
        };

/** What a projector is made from; see {@link projectorFor}. */
export type ProjectorDefinition<
  TState,
  TEvents extends object,
  TMetadata,
  TSource extends ProjectorSource,
  TUnhandled extends UnhandledEventPolicy,
  TKey extends string | readonly string[] | undefined,
> = {
  /** What its projections are called: at most 512 code points. */
  readonly name: string;
  /** An integer of 1 or more; raise it whenever the same events would fold to something else. Default: 1. */
  readonly version?: number | undefined;
  /** What one projection is made from. Default: `"stream"`. */
  readonly source?: TSource | undefined;
  /** The state before any event. */
  readonly initialState: () => TState;
  /** Default: none, and the metadata of its projections is `null`. */
  readonly metadata?: ProjectorMetadata<TMetadata, TEvents> | undefined;
  /** Default: `"fail"`. */
  readonly onUnhandledEvent?: TUnhandled | undefined;
  /**
   * Which projection an event of a category or the log belongs to: one, several, or with `undefined` none. A pure function.
   * One source then feeds many projections, whose ids are the keys. Default: one projection.
   */
  readonly key?: ((event: StoredEvent<TEvents>) => TKey) | undefined;
  /**
   * Computes the state of a projection with a `key` when another one is moved to it by `moveTo`: from its own state, as its own
   * handler left it, and from the state of the other, as it was before the event. A pure function. Default: projections are not
   * moved.
   */
  readonly merge?: ((into: TState, from: TState) => TState) | undefined;
} & ProjectionIdentity<TState, TEvents, TSource, TUnhandled>;
