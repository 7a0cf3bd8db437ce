import type { ProjectionStore } from "@eventfold/projections";
import type { SourceIdentifier } from "@eventfold/types";
import type { ProjectionFold } from "./projection-fold.ts";
import { ofSource } from "./source-check.ts";
import type { UntypedKeyedProjector } from "./untyped-projector.ts";

/** What a projector with a key folds, and where the projections are stored. */
export interface KeyedFoldOptions {
  readonly source: SourceIdentifier;
  readonly store: ProjectionStore;
  /** The number of partitions that the projections are split into, by their keys. */
  readonly partitions: number;
}

/** Folds with a projector that has a key: each event onto the projections of its keys, which are their ids. */
export function keyedFold(
  projector: UntypedKeyedProjector,
  { source, store, partitions }: KeyedFoldOptions,
): ProjectionFold {
  const { name, version: projectorVersion } = projector;
  return {
    keysOf(event) {
      const keys = projector.keysOf(event);
      if (keys.length <= 1 || partitions === 1) return keys;
      throw new RangeError(
        `The projector ${JSON.stringify(name)} folds an event (sequence number ${event.sequenceNumber}) into ${keys.length} projections, which can be in several partitions, so its subscription must have one, got ${partitions}. Repartition it.`,
      );
    },
    async load(ids) {
      const stored = await store.loadMany({ name, projectorVersion, ids, includeRemoved: true });
      return new Map(stored.flatMap((projection) => ofSource(projection, source)).map((each) => [each.id, each]));
    },
    apply(events, before) {
      const changed = projector.applyMany(events, { source, projections: [...before.values()] });
      return changed.map((projection) => [projection.id, projection]);
    },
  };
}
