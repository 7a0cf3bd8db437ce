import { EventfoldError, printSourceIdentifier, type SourceIdentifier } from "@eventfold/types";

/** What a {@link ProjectionIdTakenError} is made from. */
export interface ProjectionIdTakenErrorOptions {
  /** The name of the projection. */
  readonly projection: string;
  readonly projectorVersion: number;
  readonly id: string;
  readonly heldBy: SourceIdentifier;
  readonly wantedBy: SourceIdentifier;
}

/**
 * An inline projection would get the id of another source's projection, so nothing was published. Ids are unique within
 * one name and version: an `id` made from the state is a unique constraint on it, kept by every publish.
 *
 * @example
 * ```ts
 * if (isEventfoldError(error, "PROJECTION_ID_TAKEN")) console.log(`${error.id} is taken by`, error.heldBy);
 * ```
 */
export class ProjectionIdTakenError extends EventfoldError {
  declare readonly code: "PROJECTION_ID_TAKEN";
  /** The name of the projection. */
  readonly projection: string;
  readonly projectorVersion: number;
  /** What both would be stored under. */
  readonly id: string;
  /** The source whose projection has the id. */
  readonly heldBy: SourceIdentifier;
  /** The source whose projection would get it. */
  readonly wantedBy: SourceIdentifier;

  constructor({ projection, projectorVersion, id, heldBy, wantedBy }: ProjectionIdTakenErrorOptions) {
    super(
      `The projection ${JSON.stringify(projection)} (version ${projectorVersion}) of ${printSourceIdentifier(wantedBy)} would get the id ${JSON.stringify(id)}, which that of ${printSourceIdentifier(heldBy)} has. Nothing was published. Ids are unique: publish something else, or give up the other one first.`,
      { code: "PROJECTION_ID_TAKEN" },
    );
    this.projection = projection;
    this.projectorVersion = projectorVersion;
    this.id = id;
    this.heldBy = heldBy;
    this.wantedBy = wantedBy;
  }
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    PROJECTION_ID_TAKEN: ProjectionIdTakenError;
  }
}
