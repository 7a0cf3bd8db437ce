import { type Projection, ProjectionIdTakenError } from "@eventfold/projections";
import { printSourceIdentifier, type SourceIdentifier } from "@eventfold/types";

/**
 * The projection to go on from: the one stored under an id, or none when that belongs to another source and is removed.
 *
 * @throws `ProjectionIdTakenError` when it belongs to another source and is not removed.
 */
export function ofSource(stored: Projection, wantedBy: SourceIdentifier): readonly Projection[] {
  const { name: projection, projectorVersion, id, source: heldBy } = stored;
  if (printSourceIdentifier(heldBy) === printSourceIdentifier(wantedBy)) return [stored];
  if (stored.isRemoved) return [];
  throw new ProjectionIdTakenError({ projection, projectorVersion, id, heldBy, wantedBy });
}
