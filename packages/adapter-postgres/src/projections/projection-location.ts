/** Where projections are in their database. */
export interface ProjectionLocation {
  /** The schema. Default: with `shareWith` that of the event adapter, else `eventfold`. */
  readonly schema?: string | undefined;
  /** The table of the projections, from which the names of all other objects are made. Default: `projections`. */
  readonly projectionsTable?: string | undefined;
}

/** The table of the projections where none is given. */
export const DEFAULT_PROJECTIONS_TABLE = "projections";
