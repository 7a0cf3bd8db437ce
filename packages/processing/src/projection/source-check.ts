import { type Projection, ProjectionIdTakenError } from "@eventfold/projections";
import { printSourceIdentifier, type SourceIdentifier } from "@eventfold/types";

/** @throws `ProjectionIdTakenError` when what is stored under an id is of another source than what is to be folded on. */
export function refuseOtherSource(stored: Projection, wantedBy: SourceIdentifier): void {
  const { name: projection, projectorVersion, id, source: heldBy } = stored;
  if (printSourceIdentifier(heldBy) === printSourceIdentifier(wantedBy)) return;
  throw new ProjectionIdTakenError({ projection, projectorVersion, id, heldBy, wantedBy });
}
