/** Where a log is in its database. */
export interface LogLocation {
  /** The schema. Default: `eventfold`. */
  readonly schema?: string | undefined;
  /** The table of the events, from which the names of all other objects are made. Default: `events`. */
  readonly eventsTable?: string | undefined;
}

/** The schema where none is given. */
export const DEFAULT_SCHEMA = "eventfold";

/** The table of the events where none is given. */
export const DEFAULT_EVENTS_TABLE = "events";
