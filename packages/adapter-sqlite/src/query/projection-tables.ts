/** What a query reads from, as SQL to put after `FROM`: the tables themselves, or their committed rows. */
export interface ProjectionTables {
  readonly projections: string;
  readonly versions: string;
  readonly completeness: string;
}

/** The tables themselves. */
export const STORED_TABLES: ProjectionTables = Object.freeze({
  projections: "eventfold_projections",
  versions: "eventfold_projection_versions",
  completeness: "eventfold_projection_completeness",
});
