import { sequenceNumberAfter, sequenceNumberBefore } from "@eventfold/store";
import type { StoredEvent } from "@eventfold/types";
import { ProjectionAheadOfLogError } from "../errors/projection-ahead-of-log-error.ts";
import { ProjectionBehindError } from "../errors/projection-behind-error.ts";
import { isSameSource } from "../same-source.ts";
import type { CompletenessKey, ProjectionStartingPoint } from "../storage/projection-storage.ts";
import { type InlineScope, type InlineTarget, projectedSource, type UntypedKeyedProjector } from "./inline-scope.ts";
import { refuseOtherSource, saveSteps } from "./save-steps.ts";

type Scope = InlineScope<UntypedKeyedProjector>;

/** The most events published past the projections that a publish catches up on. */
export const MOST_MISSED_EVENTS = 1_000;

/**
 * Folds the events of a publish, and before them what was published past the projections.
 *
 * @returns why it was not saved, where it may be when everything is read again.
 * @throws `ProjectionBehindError` when that is more than {@link MOST_MISSED_EVENTS}.
 * @throws `ProjectionAheadOfLogError` when the log lacks events that were folded in.
 */
export async function saveKeyed(scope: Scope, own: readonly StoredEvent[]): Promise<Error | undefined> {
  const { sequenceNumber: first } = own[0] as StoredEvent;
  const start = await startingPoint(scope, own);
  refuseAhead(scope, start, first - 1);
  const missed = await missedEvents(scope, start.completeUpTo, first);
  if (missed.length === 0) return saveFolded(scope, start, own);
  const events = [...missed, ...own];
  const all = await startingPoint(scope, events);
  refuseAhead(scope, all, first - 1);
  return saveFolded(scope, { ...all, completeUpTo: start.completeUpTo }, events);
}

/** From where the projections of some events are continued. */
export function startingPoint(scope: Scope, events: readonly StoredEvent[]): Promise<ProjectionStartingPoint> {
  return scope.storage.startingPoint({ ...completenessKey(scope), ids: keysOfAll(scope, events) });
}

/** Folds events onto the projections of their keys, and saves what has changed, and how far everything is complete now. */
export function saveFolded(
  scope: Scope,
  { completeUpTo, projections }: ProjectionStartingPoint,
  events: readonly StoredEvent[],
): Promise<Error | undefined> {
  const { projector, source } = scope;
  for (const projection of projections) refuseOtherSource(projection, { source });
  const own = projections.filter((projection) => isSameSource(projection.source, source));
  const stored = new Map(projections.map((projection) => [projection.id, projection]));
  const changed = projector.applyMany(events, { source, projections: own });
  const steps = changed.map((after) => ({ before: stored.get(after.id), after }));
  const { sequenceNumber: upTo } = events.at(-1) as StoredEvent;
  return saveSteps(scope, steps, { ...completenessKey(scope), seen: completeUpTo, upTo });
}

/** @throws `ProjectionAheadOfLogError` when something that is stored has read events after the latest that there was. */
export function refuseAhead(
  target: InlineTarget<UntypedKeyedProjector>,
  start: ProjectionStartingPoint,
  latest: number,
) {
  const { source, projector } = target;
  const known = { projection: projector.name, projectorVersion: projector.version, source };
  if (start.completeUpTo > latest) {
    throw new ProjectionAheadOfLogError({ ...known, id: undefined, lastSequenceNumber: start.completeUpTo });
  }
  for (const { id, lastSequenceNumber } of start.projections) {
    if (lastSequenceNumber > latest) throw new ProjectionAheadOfLogError({ ...known, id, lastSequenceNumber });
  }
}

async function missedEvents(scope: Scope, completeUpTo: number, before: number): Promise<readonly StoredEvent[]> {
  if (before === completeUpTo + 1) return [];
  const missed = await projectedSource(scope).read({
    constraints: [sequenceNumberAfter(completeUpTo), sequenceNumberBefore(before)],
    limit: MOST_MISSED_EVENTS + 1,
  });
  if (missed.length <= MOST_MISSED_EVENTS) return missed;
  const { projector, source } = scope;
  throw new ProjectionBehindError({
    projector: projector.name,
    projectorVersion: projector.version,
    source,
    completeUpTo,
  });
}

function completenessKey({ projector, source }: InlineTarget<UntypedKeyedProjector>): CompletenessKey {
  return { name: projector.name, projectorVersion: projector.version, source };
}

function keysOfAll({ projector }: Scope, events: readonly StoredEvent[]): readonly string[] {
  return [...new Set(events.flatMap((event) => projector.keysOf(event)))];
}
