/** Where keys are stored in their database. */
export interface KeyLocation {
  /** The schema. Default: with `shareWith` that of the event adapter, else `eventfold`. */
  readonly schema?: string | undefined;
  /** The beginning of the names of all tables and functions, so that several fit in one schema. Default: `key_store`. */
  readonly keyPrefix?: string | undefined;
}

/** The beginning of the names if none is given. */
export const DEFAULT_KEY_PREFIX = "key_store";
