import type {
  KeyedProjector,
  LoadedProjection,
  Projection,
  ProjectionStore,
  Projector,
  ProjectorSource,
  UnhandledEventPolicy,
} from "@eventfold/projections";
import type { EventSource } from "@eventfold/store";
import type { StoredEvent } from "@eventfold/types";
import { keyedFoldOf, projectionFoldOf } from "./projector-fold.ts";

/** A function of given events, for `when`. */
export type OfEvents<TEvents extends object, TResult> = (source: EventSource<TEvents>) => Promise<TResult>;

/**
 * For `given(events).when(projected(projector, projectionStore))`: what readers get. The projector folds the events. The result
 * is saved, replacing what the store has under its id, and loaded again, in the projector's version. A projector with a `key`
 * makes many projections, in the order in which their keys first appear. What an event has removed is not among them.
 *
 * Errors of handlers and of the store come through unchanged, for `thenRejects`.
 *
 * @example
 * ```ts
 * await given<AccountEvents>([{ name: "account-opened", payload: { owner: "Ada" } }])
 *   .when(projected(accountProjector, projectionStore))
 *   .then({ id: "thing-1", state: { owner: "Ada", balance: 0 } });
 * ```
 */
export function projected<
  TState,
  TEvents extends object,
  TMetadata,
  TSource extends ProjectorSource,
  TUnhandled extends UnhandledEventPolicy,
>(
  projector: KeyedProjector<TState, TEvents, TMetadata, TSource, TUnhandled>,
  store: ProjectionStore,
): OfEvents<TEvents, readonly LoadedProjection<TState, TMetadata>[]>;
export function projected<
  TState,
  TEvents extends object,
  TMetadata,
  TSource extends ProjectorSource,
  TUnhandled extends UnhandledEventPolicy,
>(
  projector: Projector<TState, TEvents, TMetadata, TSource, TUnhandled>,
  store: ProjectionStore,
): OfEvents<TEvents, LoadedProjection<TState, TMetadata> | undefined>;
export function projected(
  projector: Projector<unknown, object> | KeyedProjector<unknown, object>,
  store: ProjectionStore,
): OfEvents<object, unknown> {
  return async (source) => {
    const events = (await source.read()) as unknown as StoredEvent[];
    if ("keysOf" in projector) return savedAndLoaded(keyedProjectionsOf(projector, events), store);
    const [only] = await savedAndLoaded([projectionOf(projector, events)], store);
    return only;
  };
}

function projectionOf(projector: Projector<unknown, object>, events: readonly StoredEvent[]): Projection {
  const { states, failure } = projectionFoldOf(projector)(events);
  if (failure !== undefined) throw failure.error;
  return states.at(-1) as Projection;
}

function keyedProjectionsOf(projector: KeyedProjector<unknown, object>, events: readonly StoredEvent[]): Projection[] {
  const { states, failure } = keyedFoldOf(projector)(events);
  if (failure !== undefined) throw failure.error;
  return [...(states.at(-1)?.values() ?? [])];
}

async function savedAndLoaded(projections: readonly Projection[], store: ProjectionStore): Promise<unknown[]> {
  await store.saveMany(projections);
  const loaded = projections.map(({ name, id, projectorVersion }) => store.load({ name, id, projectorVersion }));
  return (await Promise.all(loaded)).filter((projection) => projection !== undefined);
}
