import type { SourceOptions } from "@eventfold/store";
import type { AnyEvents, StoredEvent } from "@eventfold/types";
import type { Projection } from "../projection.ts";
import type { AcceptedSource, ConstraintOf, ProjectableSource } from "./projectable-source.ts";
import type { IdentifierOf, ProjectorSource, UnhandledEventPolicy } from "./projector-definition.ts";
import type { SnapshotOptions } from "./snapshot-options.ts";
import type { Continuable, WhereStorable } from "./storable.ts";

/** What identifies a projector, and the types of what it makes: all that a store of its projections needs. */
export interface ProjectorIdentity<out TState, out TMetadata> {
  /** What its projections are called. */
  readonly name: string;
  readonly version: number;
  /** The projection before any event. */
  initial(source: never, key: never): Projection<TState, TMetadata>;
}

/** How a source is projected. */
export interface ProjectOptions<TFrom, TSnapshots, TConstraint> {
  /** Only the events for which all hold are folded: `observedBefore(t)` answers what was believed at t. Default: all. */
  readonly constraints?: readonly TConstraint[] | undefined;
  /** Continues what was made earlier from its `lastSequenceNumber`. Default: from the start. */
  readonly from?: TFrom | undefined;
  /** Starts at the newest usable snapshot. With `constraints` none is used or saved. Default: none. */
  readonly snapshots?: TSnapshots | undefined;
  /** Ends it: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** In the order of the log; see {@link OccurrenceOptions}. */
  readonly order?: undefined;
}

/** How a stream is projected in the order in which its events occurred. */
export interface OccurrenceOptions<TConstraint> {
  /**
   * By `occurredAt`, events of one moment by sequence number. All events of the stream are in memory at once. What it makes is for
   * looking at: an event that comes later may have occurred before, so it can be neither continued nor stored.
   */
  readonly order: "occurred";
  /** Only the events for which all hold are folded: `occurredBefore(t)` answers what was true at t. Default: all. */
  readonly constraints?: readonly TConstraint[] | undefined;
  readonly from?: undefined;
  readonly snapshots?: undefined;
  /** Ends it: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Folds the events of a source into one projection. It is pure data and functions: it can be used anywhere, by many
 * callers at once.
 *
 * What handlers return is frozen, arrays and plain objects all the way down, so a handler that changes the state it was
 * given throws a `TypeError` instead of changing what others hold. The cost is proportional to what the handler made.
 */
export interface Projector<
  TState,
  TEvents extends object = AnyEvents,
  TMetadata = null,
  TSource extends ProjectorSource = "stream",
  TUnhandled extends UnhandledEventPolicy = "fail",
> {
  readonly name: string;
  readonly version: number;
  /** What one projection is made from. */
  readonly source: TSource;
  /** How sources are read for it, where its events are defined: whoever reads them on its behalf passes it on. */
  readonly reading?: SourceOptions<TEvents> | undefined;

  /** The projection of a source before any event. */
  initial(source: IdentifierOf<TSource>): Projection<TState, TMetadata>;

  /** The id of the projection of a source, where it is known before any event; `undefined` where the state decides. */
  idOf(source: IdentifierOf<TSource>): string | undefined;

  /**
   * Folds events onto a projection, synchronously. Events up to its `lastSequenceNumber` are passed over, so an event
   * that is delivered again is folded once. The projection given stays as it was. What an event has removed comes back with
   * `isRemoved`, and what follows it begins anew.
   *
   * @param events of the projection's source, by rising sequence number, none twice.
   * @throws `RangeError` when their sequence numbers do not rise.
   * @throws `UnhandledEventError` (`UNHANDLED_EVENT`) for an event without handler, unless those are ignored.
   * @throws `InvalidProjectionError` (`INVALID_PROJECTION`) when the projection belongs to another projector, or a
   * handler returns `undefined` or a promise. What a handler throws comes through as it is.
   */
  apply(
    projection: Continuable<TState, TMetadata>,
    events: readonly StoredEvent<TEvents>[],
  ): Projection<TState, TMetadata>;

  /**
   * Reads a source and folds its events: from the start, from an earlier projection, or from a snapshot and the tail. An
   * empty source gives the initial projection. It holds one page of events at a time.
   *
   * A snapshot is used when it is of this version and of this source; a newer one is saved when at least `every` events
   * were read. A snapshot that a rival saved meanwhile is left as it is.
   *
   * What is continued, `from` or the snapshot, must come from the same source: its last event is read again, to check
   * that it is there. To fold a list of new events, use {@link Projector.apply}.
   *
   * @throws `ProjectionAheadOfLogError` (`PROJECTION_AHEAD_OF_LOG`) when it is not: the log was restored from an older
   * backup, or is a different log.
   * @throws `UnhandledEventError` (`UNHANDLED_EVENT`) for an event without handler, unless those are ignored.
   * @throws `RangeError` when the sequence numbers that a source of your own yields do not rise.
   * @throws `InvalidProjectionError` (`INVALID_PROJECTION`) when `from` is of another projector, version or source or was made
   * in order of occurrence, that order is asked for together with `from` or `snapshots`, a handler returns `undefined` or a promise,
   * or a snapshot cannot be stored. Errors of handlers come through as they are.
   * @throws `TypeError` for a source of another kind.
   *
   * @example
   * ```ts
   * const { state } = await accountProjector.project(stream);
   * const believed = await accountProjector.project(stream, { constraints: [observedBefore(lastNight)] });
   * const was = await accountProjector.project(stream, { order: "occurred", constraints: [occurredBefore(lastNight)] });
   * ```
   */
  project<TGiven extends ProjectableSource>(
    source: TGiven & AcceptedSource<TGiven, TEvents, TSource, TUnhandled>,
    options?:
      | ProjectOptions<
          Continuable<TState, TMetadata>,
          WhereStorable<TState, TMetadata, SnapshotOptions>,
          ConstraintOf<TSource>
        >
      | (TSource extends "stream" ? OccurrenceOptions<ConstraintOf<TSource>> : never),
  ): Promise<Projection<TState, TMetadata>>;
}

/** Folds the events of a category or the log into many projections, each with the events that have its key. */
export interface KeyedProjector<
  TState,
  TEvents extends object = AnyEvents,
  TMetadata = null,
  TSource extends ProjectorSource = "category",
  TUnhandled extends UnhandledEventPolicy = "fail",
> {
  readonly name: string;
  readonly version: number;
  /** What its projections are made from. */
  readonly source: TSource;
  /** How sources are read for it, where its events are defined: whoever reads them on its behalf passes it on. */
  readonly reading?: SourceOptions<TEvents> | undefined;

  /** Whether it has a `merge`: all projections of an event must then be folded together, by one writer. */
  readonly merges: boolean;

  /** The projection of a key before any event. */
  initial(source: IdentifierOf<TSource>, key: string): Projection<TState, TMetadata>;

  /**
   * The ids of the projections that an event belongs to, each once; none when it belongs to none.
   *
   * @throws `UnhandledEventError` (`UNHANDLED_EVENT`) for an event without handler, unless those are ignored.
   * @throws `InvalidNameError` (`INVALID_NAME`) for a key that cannot be an id.
   */
  keysOf(event: StoredEvent<TEvents>): readonly string[];

  /**
   * Folds events onto the projections of their keys, synchronously. A projection passes over events up to its
   * `lastSequenceNumber`, so an event that is delivered again is folded once.
   *
   * @param events of the source, by rising sequence number, none twice.
   * @param options what is stored under the keys of the events, removed ones included. A key that is missing among them begins
   * with the initial state; projections of other keys are left as they are.
   * @returns the projections that were changed, in the order of their first changes: to be saved together. Removed ones are
   * among them, with `isRemoved`.
   * @throws `InvalidProjectionError` (`INVALID_PROJECTION`) when a projection belongs to another projector or source; when a
   * handler returns `undefined` or a promise, or moves a projection to what is not another key of the event; and when one of the
   * projections of an event has read it, and may have been merged into another one, which has not.
   * @throws `RangeError`, `UnhandledEventError` and `InvalidNameError` as {@link Projector.apply} and
   * {@link KeyedProjector.keysOf} do.
   *
   * @example
   * ```ts
   * const source = { kind: "category", category: "accounts" } as const;
   * const news = await store.category<AccountEvents>("accounts").read({ constraints: [sequenceNumberAfter(4_000)] });
   * const ids = [...new Set(news.flatMap((event) => ownerProjector.keysOf(event)))];
   * const seen = await accounts.loadMany({ ids, includeRemoved: true });
   * const changed = ownerProjector.applyMany(news, { source, projections: seen });
   * await accounts.saveMany(changed, { unchangedSince: seen });
   * ```
   */
  applyMany(
    events: readonly StoredEvent<TEvents>[],
    options: {
      readonly source: IdentifierOf<TSource>;
      readonly projections: readonly Continuable<TState, TMetadata>[];
    },
  ): readonly Projection<TState, TMetadata>[];

  /**
   * Reads a source once and folds its events, each into the projections of its keys. It holds all of these projections, and
   * one page of events at a time.
   *
   * `from` takes all projections that an earlier run made, and goes on after the latest event in them; give all of them or
   * none.
   *
   * @returns all of them, in the order in which their keys first appeared, removed ones included, with `isRemoved`: saving all
   * removes those from the store too.
   * @throws as `Projector.project` does.
   *
   * @example
   * ```ts
   * const perOwner = await ownerProjector.projectMany(store.category<AccountEvents>("accounts"));
   * await projectionStore.of(ownerProjector).saveMany(perOwner);
   * ```
   */
  projectMany<TGiven extends ProjectableSource>(
    source: TGiven & AcceptedSource<TGiven, TEvents, TSource, TUnhandled>,
    options?: Omit<
      ProjectOptions<readonly Continuable<TState, TMetadata>[], never, ConstraintOf<TSource>>,
      "snapshots"
    >,
  ): Promise<readonly Projection<TState, TMetadata>[]>;
}
