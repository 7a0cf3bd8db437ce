import { type Projection, ProjectionIdTakenError } from "@eventfold/projections";
import { printSourceIdentifier, type SourceIdentifier } from "@eventfold/types";

/**
 * What is to be folded on: what is stored under an id, or nothing where it is of another source, and removed.
 *
 * @throws `ProjectionIdTakenError` when it is of another source, and not removed.
 */
export function ofSource(stored: Projection, wantedBy: SourceIdentifier): readonly Projection[] {
  const { name: projection, projectorVersion, id, source: heldBy } = stored;
  if (printSourceIdentifier(heldBy) === printSourceIdentifier(wantedBy)) return [stored];
  if (stored.isRemoved) return [];
  throw new ProjectionIdTakenError({ projection, projectorVersion, id, heldBy, wantedBy });
}
