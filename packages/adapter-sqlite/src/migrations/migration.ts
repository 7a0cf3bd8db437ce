import type { SchemaMigration } from "@eventfold/store/adapter";

/** One step from a version of the schema to the next. */
export interface Migration extends SchemaMigration {
  /** One or more statements. */
  readonly sql: string;
}
