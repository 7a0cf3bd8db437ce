/** Where processing is stored in its database. */
export interface ProcessingLocation {
  /** The schema. Default: that of the event adapter that is shared with, else `eventfold`. */
  readonly schema?: string | undefined;
  /** What the names of all tables and functions begin with, so that several fit in one schema. Default: `processing`. */
  readonly processingPrefix?: string | undefined;
}

/** What the names begin with where nothing else is given. */
export const DEFAULT_PROCESSING_PREFIX = "processing";
