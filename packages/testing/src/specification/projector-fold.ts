import type { KeyedProjector, Projector, ProjectorSource, UnhandledEventPolicy } from "@eventfold/projections";
import type { StoredEvent } from "@eventfold/types";
import { foldedEvents, sourceOfKind } from "./event-fold.ts";
import type { KeyedProjectionFold } from "./keyed-projector-specification.ts";
import type { ProjectionFold } from "./projector-specification.ts";

/** How a projector folds events, one by one. */
export function projectionFoldOf<
  TState,
  TEvents extends object,
  TMetadata,
  TSource extends ProjectorSource,
  TUnhandled extends UnhandledEventPolicy,
>(projector: Projector<TState, TEvents, TMetadata, TSource, TUnhandled>): ProjectionFold<TState, TMetadata> {
  return (events) => {
    const initial = projector.initial(sourceOfKind(projector.source, events));
    return foldedEvents(initial, typed<TEvents>(events), (projection, event) => projector.apply(projection, [event]));
  };
}

/** How a projector with a `key` folds events, one by one, each into the projections of its keys. */
export function keyedFoldOf<
  TState,
  TEvents extends object,
  TMetadata,
  TSource extends ProjectorSource,
  TUnhandled extends UnhandledEventPolicy,
>(projector: KeyedProjector<TState, TEvents, TMetadata, TSource, TUnhandled>): KeyedProjectionFold<TState, TMetadata> {
  return (events) => {
    const source = sourceOfKind(projector.source, events);
    return foldedEvents(new Map(), typed<TEvents>(events), (projections, event) => {
      const changed = projector.applyMany([event], { source, projections: [...projections.values()] });
      return new Map([...projections, ...changed.map((each) => [each.id, each] as const)]);
    });
  };
}

/** The one place where given events get their type: the compiler has checked that the test gave such events. */
function typed<TEvents extends object>(events: readonly StoredEvent[]): readonly StoredEvent<TEvents>[] {
  return events as unknown as readonly StoredEvent<TEvents>[];
}
