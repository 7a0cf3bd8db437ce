import { type ProjectionConflict, ProjectionConflictError } from "../errors/projection-conflict-error.ts";
import type { Projection } from "../projection.ts";
import type { PreparedProjection } from "../storage/prepared-projection.ts";
import type {
  ConflictingWrite,
  ProjectionStorage,
  ProjectionWrite,
  SeenProjection,
} from "../storage/projection-storage.ts";
import { preparedProjection } from "./prepare-projection.ts";
import type { SeenKey } from "./projection-references.ts";

/** One projection to save, and what was seen of it; no `seen`: it does not matter. */
export interface ProjectionToSave {
  readonly projection: Projection;
  readonly seen: SeenProjection | undefined;
}

/** What was seen, as the port says it. */
export function seenAs(projection: Pick<Projection, "lastSequenceNumber"> | undefined): SeenProjection {
  return projection === undefined
    ? { kind: "absent" }
    : { kind: "present", lastSequenceNumber: projection.lastSequenceNumber };
}

/** Finds what was seen of each of many projections. */
export function seenAmong(seen: readonly SeenKey[]): (projection: Projection) => SeenProjection {
  const byKey = new Map(seen.map((each) => [keyOf(each), each]));
  return (projection) => seenAs(byKey.get(keyOf(projection)));
}

/** Saves all or nothing. @throws as `ProjectionStore.saveMany` does. */
export async function saveProjections(storage: ProjectionStorage, toSave: readonly ProjectionToSave[]): Promise<void> {
  const writes = toSave.map(({ projection, seen }) => ({
    projection: preparedProjection(projection),
    unchangedSince: seen,
  }));
  refuseNamedTwice(writes);
  const result = await storage.save({ writes });
  if (result.kind === "saved") return;
  throw conflictError(writes, result.kind === "conflict" ? result.conflicts : []);
}

/** The error for a save that was refused. */
export function conflictError(writes: readonly ProjectionWrite[], conflicts: readonly ConflictingWrite[]): Error {
  const [first, ...others] = conflicts.map((conflict) => conflictOf(writes, conflict));
  if (first === undefined) return new TypeError("The adapter refused a save without naming a conflict.");
  return new ProjectionConflictError([first, ...others]);
}

function refuseNamedTwice(writes: readonly ProjectionWrite[]): void {
  const seen = new Set<string>();
  for (const { projection } of writes) {
    const key = keyOf(projection);
    if (seen.has(key)) {
      const { name, projectorVersion, id } = projection;
      throw new RangeError(`Projection ${JSON.stringify([name, projectorVersion, id])} appears twice in one save.`);
    }
    seen.add(key);
  }
}

function conflictOf(writes: readonly ProjectionWrite[], conflict: ConflictingWrite): ProjectionConflict {
  const { projection, unchangedSince } = writes[conflict.write] as ProjectionWrite;
  return {
    projection: projection.name,
    projectorVersion: projection.projectorVersion,
    id: projection.id,
    expectedSequenceNumber: unchangedSince?.kind === "present" ? unchangedSince.lastSequenceNumber : undefined,
    storedSequenceNumber: conflict.lastSequenceNumber,
  };
}

/** No name holds a control character. */
function keyOf({ name, projectorVersion, id }: Pick<PreparedProjection, "name" | "projectorVersion" | "id">): string {
  return `${name}\0${projectorVersion}\0${id}`;
}
