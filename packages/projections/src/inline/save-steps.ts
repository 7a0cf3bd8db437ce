import { ProjectionBehindError } from "../errors/projection-behind-error.ts";
import { ProjectionIdTakenError } from "../errors/projection-id-taken-error.ts";
import type { Projection } from "../projection.ts";
import { isSameSource } from "../same-source.ts";
import type { CompletenessWrite, ConflictingWrite } from "../storage/projection-storage.ts";
import { preparedProjection } from "../store/prepare-projection.ts";
import { conflictError, seenAs } from "../store/save-projections.ts";
import type { InlineScope } from "./inline-scope.ts";

/** One projection before and after a publish. */
export interface Step {
  readonly before: Projection | undefined;
  readonly after: Projection;
}

/**
 * Saves what a publish changes, if what was read in its transaction is still stored. Ids that are given up are free for
 * other projections of the same publish.
 *
 * @returns why it was not saved, where it may be when everything is read again.
 * @throws `ProjectionIdTakenError` when two sources come to one id.
 */
export async function saveSteps(
  scope: InlineScope<{ readonly name: string; readonly version: number }>,
  steps: readonly Step[],
  completeness?: CompletenessWrite,
): Promise<Error | undefined> {
  const { storage, projector } = scope;
  const holders = holdersOf(steps);
  for (const { before, after } of steps) {
    if (before === undefined || (before.id === after.id && holders.get(after.id) === after)) continue;
    await storage.delete({ name: before.name, id: before.id, projectorVersion: before.projectorVersion });
  }
  const kept = steps.filter(({ after }) => holders.get(after.id) === after);
  const writes = kept.map(({ before, after }) => ({
    projection: preparedProjection(after),
    unchangedSince: seenAs(before?.id === after.id ? before : undefined),
  }));
  if (writes.length === 0 && completeness === undefined) return undefined;
  const result = await storage.save({ writes, completeness });
  switch (result.kind) {
    case "saved":
      return undefined;
    case "overtaken": {
      const { completeUpTo } = result;
      const { name, version } = projector;
      return new ProjectionBehindError({
        projector: name,
        projectorVersion: version,
        source: scope.source,
        completeUpTo,
      });
    }
    case "conflict":
      await refuseTakenIds(scope, kept, result.conflicts);
      return conflictError(writes, result.conflicts);
  }
}

/** What each id belongs to: a removed projection gives way to any other. @throws `ProjectionIdTakenError` for two others. */
function holdersOf(steps: readonly Step[]): ReadonlyMap<string, Projection> {
  const holders = new Map<string, Projection>();
  for (const { after } of steps) {
    const holder = holders.get(after.id);
    if (holder === undefined || holder.isRemoved) holders.set(after.id, after);
    else if (!after.isRemoved) throw idTaken(holder, after);
  }
  return holders;
}

async function refuseTakenIds(
  { store }: InlineScope<unknown>,
  steps: readonly Step[],
  conflicts: readonly ConflictingWrite[],
): Promise<void> {
  for (const { write } of conflicts) {
    const { after } = steps[write] as Step;
    const holder = await store.load({ name: after.name, projectorVersion: after.projectorVersion, id: after.id });
    refuseOtherSource(holder, after);
  }
}

/** @throws `ProjectionIdTakenError` when what is stored under an id, and not removed, is of another source than what is to be. */
export function refuseOtherSource(holder: Projection | undefined, wanted: Pick<Projection, "source">): void {
  if (holder !== undefined && !holder.isRemoved && !isSameSource(holder.source, wanted.source))
    throw idTaken(holder, wanted);
}

function idTaken(holder: Projection, { source: wantedBy }: Pick<Projection, "source">): ProjectionIdTakenError {
  const { name: projection, projectorVersion, id, source: heldBy } = holder;
  return new ProjectionIdTakenError({ projection, projectorVersion, id, heldBy, wantedBy });
}
