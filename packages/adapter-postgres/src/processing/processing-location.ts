/** Where processing is stored in its database. */
export interface ProcessingLocation {
  /** The schema. Default: with `shareWith` that of the event adapter, else `eventfold`. */
  readonly schema?: string | undefined;
  /** The beginning of the names of all tables and functions, so that several fit in one schema. Default: `processing`. */
  readonly processingPrefix?: string | undefined;
}

/** The beginning of the names if none is given. */
export const DEFAULT_PROCESSING_PREFIX = "processing";
