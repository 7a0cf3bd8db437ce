/** One step from a version of the schema to the next. A released one is never edited; a change is a new one. */
export interface Migration {
  /** 1, 2, 3 … without gaps: the version of the schema after it. */
  readonly version: number;
  readonly name: string;
  /** One or more statements. */
  readonly sql: string;
}
