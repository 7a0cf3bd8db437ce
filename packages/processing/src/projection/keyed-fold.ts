import type { Projection, ProjectionStore } from "@eventfold/projections";
import type { SourceIdentifier, StoredEvent } from "@eventfold/types";
import type { ProjectionFold } from "./projection-fold.ts";
import { refuseOtherSource } from "./source-check.ts";
import type { UntypedKeyedProjector } from "./untyped-projector.ts";

/** Folds with a projector that has a key: each event onto the projection of its key, which is its id. */
export function keyedFold(
  projector: UntypedKeyedProjector,
  { source, store }: { readonly source: SourceIdentifier; readonly store: ProjectionStore },
): ProjectionFold {
  const { name, version: projectorVersion } = projector;
  return {
    keysOf(event) {
      const key = projector.keyOf(event);
      return key === undefined ? [] : [key];
    },
    async load(ids) {
      const stored = await store.loadMany({ name, projectorVersion, ids });
      for (const projection of stored) refuseOtherSource(projection, source);
      return new Map(stored.map((projection) => [projection.id, projection]));
    },
    apply(events, before) {
      const after = new Map<string, Projection>();
      const byKey = Map.groupBy(events, (event: StoredEvent) => projector.keyOf(event));
      for (const [key, own] of byKey) {
        if (key === undefined) continue;
        const known = before.get(key);
        const folded = projector.apply(known ?? projector.initial(source, key), own);
        if (folded.lastSequenceNumber !== known?.lastSequenceNumber) after.set(key, folded);
      }
      return after;
    },
  };
}
