import type { Projection, ProjectionStore } from "@eventfold/projections";
import {
  parseSourceIdentifier,
  printSourceIdentifier,
  type SourceIdentifier,
  type StoredEvent,
  streamIdentifier,
} from "@eventfold/types";
import type { ProjectionFold } from "./projection-fold.ts";
import { ofSource } from "./source-check.ts";
import type { UntypedProjector } from "./untyped-projector.ts";

/** Folds with a projector that has no key: one projection per stream, or one of the whole category or log. */
export function sourceFold(
  projector: UntypedProjector,
  { source, store }: { readonly source: SourceIdentifier; readonly store: ProjectionStore },
): ProjectionFold {
  const whole = printSourceIdentifier(source);
  const keyOf = (event: StoredEvent) =>
    projector.source === "stream" ? printSourceIdentifier(streamIdentifier(event)) : whole;
  const load = sourceLoader(projector, store);
  return {
    keysOf: (event) => [keyOf(event)],
    load,
    apply(events, before) {
      const after = new Map<string, Projection>();
      for (const [key, own] of Map.groupBy(events, keyOf)) {
        const known = before.get(key);
        const folded = projector.apply(known ?? projector.initial(parseSourceIdentifier(key)), own);
        if (folded.lastSequenceNumber !== known?.lastSequenceNumber) after.set(key, folded);
      }
      return after;
    },
  };
}

/** Where the state decides the ids, projections are found by their sources, one after the other. */
function sourceLoader(projector: UntypedProjector, store: ProjectionStore): ProjectionFold["load"] {
  const { name, version: projectorVersion } = projector;
  return async (keys) => {
    const found = new Map<string, Projection>();
    const byId = new Map<string, SourceIdentifier>();
    for (const key of keys) {
      const source = parseSourceIdentifier(key);
      const id = projector.idOf(source);
      if (id !== undefined) byId.set(id, source);
      const stored =
        id === undefined ? await store.locate({ name, projectorVersion, source, includeRemoved: true }) : undefined;
      if (stored !== undefined) found.set(key, stored);
    }
    for (const stored of await store.loadMany({
      name,
      projectorVersion,
      ids: [...byId.keys()],
      includeRemoved: true,
    })) {
      const source = byId.get(stored.id) ?? stored.source;
      for (const own of ofSource(stored, source)) found.set(printSourceIdentifier(source), own);
    }
    return found;
  };
}
