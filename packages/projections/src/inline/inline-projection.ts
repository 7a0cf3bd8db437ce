import type { InlineHook, SourceOptions } from "@eventfold/store";
import { categoryIdentifier, type HasDefinedEvents, logIdentifier } from "@eventfold/types";
import type { ProjectorIdentity } from "../projector/projector.ts";
import type { ProjectorSource } from "../projector/projector-definition.ts";
import type { WhereStorable } from "../projector/storable.ts";
import type { ProjectionStore } from "../store/projection-store.ts";
import type { InlineTarget, UntypedProjector } from "./inline-scope.ts";
import { projectInline } from "./project-inline.ts";

/** Tells a reader of the compiler's message why a projector is refused. */
export interface RefusedProjector<TReason extends string> {
  readonly refusedBecause: TReason;
}

/** A publish hands on events as they are stored, so a projector of defined events has to bring along how they are read. */
type ReadableInline<TProjector> = TProjector extends { readonly reading: object }
  ? unknown
  : TProjector extends { readonly reading?: SourceOptions<infer TEvents> | undefined }
    ? HasDefinedEvents<TEvents> extends true
      ? RefusedProjector<"its events are defined: make it by defineProjector({ events })">
      : unknown
    : unknown;

/** How a projection is kept up to date in the transaction of every publish. */
export type InlineProjectionOptions<TState, TMetadata, TSource extends ProjectorSource, TProjector = unknown> = {
  /** The projector. What it makes must survive being stored: a state with a `Date` does not compile. */
  readonly projector: ProjectorIdentity<TState, TMetadata> & {
    readonly source: TSource;
  } & WhereStorable<TState, TMetadata, unknown> &
    ReadableInline<TProjector>;
  /** Where its projections are stored: on an adapter that shares with the event adapter. */
  readonly store: ProjectionStore;
} & (TSource extends "log"
  ? { readonly category?: never }
  : {
      /** The category that is projected, or whose streams are. */
      readonly category: string;
    });

/**
 * Keeps the projections of a projector up to date inside the transaction of every publish: the stored projections are
 * never behind the log. Pass it to `new EventStore({ adapter, inline: [...] })`.
 *
 * A projection that is missing or behind is first brought up to date from the source, so that inline projections can be
 * added to a log that has events. With a `key`, the storage keeps the number up to which all of them are complete, and a
 * publish folds what was published since, up to 1,000 events; beyond that it is refused until they are built by
 * {@link buildInline}. Projections of the projector's version are written, whichever version is active.
 *
 * A publish then costs a transaction, a load and a save more, and is not committed together with others. When the projector
 * fails, the publish rejects with its error, and nothing is stored. It rejects with
 *
 * - `ProjectionIdTakenError` (`PROJECTION_ID_TAKEN`) when a projection would get the id of another source's projection:
 *   an `id` made from the state is a unique constraint. Ids may be swapped, or given up and taken, within one publish.
 * - `ProjectionBehindError` (`PROJECTION_BEHIND`) when too many events are missing from projections with a `key`.
 * - `ProjectionAheadOfLogError` (`PROJECTION_AHEAD_OF_LOG`) when what is stored has read events that the log does not have.
 *
 * @throws `InvalidNameError` (`INVALID_NAME`) for a bad name of a category.
 *
 * @example
 * ```ts
 * const inline = [inlineProjection({ projector: accountProjector, store: projectionStore, category: "accounts" })];
 * const events = new EventStore({ adapter, inline });
 * ```
 */
export function inlineProjection<TState, TMetadata, TSource extends ProjectorSource, TProjector>(
  options: InlineProjectionOptions<TState, TMetadata, TSource, TProjector> & { readonly projector: TProjector },
): InlineHook {
  const { projector, store, category } = options;
  const kind: ProjectorSource = projector.source;
  const target: InlineTarget = {
    projector: projector as unknown as UntypedProjector,
    store,
    source: kind === "log" ? logIdentifier() : categoryIdentifier(category as string),
  };
  return Object.freeze<InlineHook>({ needsOrder: kind, run: (publish) => projectInline(target, publish) });
}
