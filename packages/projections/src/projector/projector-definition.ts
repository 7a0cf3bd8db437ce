import type { AnyEvents, EventName, Jsonify, SourceIdentifier, StoredEvent, StoredEventOf } from "@eventfold/types";

/** What a projector reads: one stream, one category, or the log. */
export type ProjectorSource = SourceIdentifier["kind"];

/** The identifier of a source of this kind. */
export type IdentifierOf<TSource extends ProjectorSource> = Extract<SourceIdentifier, { readonly kind: TSource }>;

/** What becomes of an event without a handler. */
export type UnhandledEventPolicy = "fail" | "ignore";

/** A pure function for each event name: from the state so far and the event to the next state. */
export type EventHandlers<TState, TEvents extends object = AnyEvents> = {
  readonly [TName in EventName<TEvents>]: (
    state: TState,
    event: StoredEventOf<TName, Jsonify<TEvents[TName]>>,
  ) => TState;
};

/** What a projector knows about a state, besides the state. */
export interface ProjectorMetadata<TMetadata, TEvents extends object = AnyEvents> {
  /** The metadata before any event. */
  readonly initial: () => TMetadata;
  /** The metadata after an event that has a handler. A pure function. */
  readonly update: (metadata: TMetadata, event: StoredEvent<TEvents>) => NoInfer<TMetadata>;
}

/** How the id of a projection is found: by the name of the stream, from the state, or by the key of its events. */
export type ProjectionIdentity<
  TState,
  TEvents extends object,
  TSource extends ProjectorSource,
> = TSource extends "stream"
  ? { readonly id?: ((state: TState, source: IdentifierOf<TSource>) => string) | undefined; readonly key?: undefined }
  :
      | { readonly id: (state: TState, source: IdentifierOf<TSource>) => string; readonly key?: undefined }
      | { readonly id?: undefined; readonly key: (event: StoredEvent<TEvents>) => string | undefined };

/** What a projector is made from; see {@link projectorFor}. */
export type ProjectorDefinition<
  TState,
  TEvents extends object,
  TMetadata,
  TSource extends ProjectorSource,
  TUnhandled extends UnhandledEventPolicy,
  TKey extends string | undefined,
> = {
  /** What its projections are called: at most 512 code points. */
  readonly name: string;
  /** An integer of 1 or more; raise it whenever the same events would fold to something else. Default: 1. */
  readonly version?: number | undefined;
  /** What one projection is made from. Default: `"stream"`. */
  readonly source?: TSource | undefined;
  /** The state before any event. */
  readonly initialState: () => TState;
  /** With `"fail"` one for every event of the table; with `"ignore"` for those that matter. */
  readonly handlers: TUnhandled extends "ignore"
    ? Partial<EventHandlers<TState, TEvents>>
    : EventHandlers<TState, TEvents>;
  /** Default: none, and the metadata of its projections is `null`. */
  readonly metadata?: ProjectorMetadata<TMetadata, TEvents> | undefined;
  /** Default: `"fail"`. */
  readonly onUnhandledEvent?: TUnhandled | undefined;
  /**
   * Which projection an event of a category or the log belongs to; `undefined` for none. A pure function. One source then
   * feeds many projections, whose ids are the keys. Default: one projection.
   */
  readonly key?: ((event: StoredEvent<TEvents>) => TKey) | undefined;
} & ProjectionIdentity<TState, TEvents, TSource>;
