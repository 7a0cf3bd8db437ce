import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { jsonText } from "./cells.ts";

/**
 * The projections of every version of their projectors, to query them and to join them with your own tables. Read only:
 * projections get in by saving them. What readers of a projection store see is the rows whose version is that of their name in
 * {@link projectionVersionsTable}, and that are not `isRemoved`. The indexes on paths, which you declare when opening, are not described.
 *
 * @example
 * ```ts
 * drizzle({ client }).select({ id: projectionsTable.id, state: projectionsTable.state }).from(projectionsTable).all();
 * ```
 */
export const projectionsTable = sqliteTable(
  "eventfold_projections",
  {
    name: text("name").notNull(),
    projectorVersion: integer("projector_version").notNull(),
    id: text("id").notNull(),
    lastSequenceNumber: integer("last_sequence_number").notNull(),
    lastPosition: integer("last_position"),
    isRemoved: integer("is_removed", { mode: "boolean" }).notNull(),
    source: jsonText("source").notNull(),
    metadata: jsonText("metadata").notNull(),
    state: jsonText("state").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.name, table.projectorVersion, table.id] }),
    index("eventfold_projections_by_source").on(table.name, table.projectorVersion, table.source, table.id),
  ],
);

/** The version of each name that readers see. */
export const projectionVersionsTable = sqliteTable("eventfold_projection_versions", {
  name: text("name").primaryKey(),
  activeVersion: integer("active_version").notNull(),
});

/** Up to which event of a category, or with an empty name of the log, the projections of a projector with a key are complete. */
export const projectionCompletenessTable = sqliteTable(
  "eventfold_projection_completeness",
  {
    name: text("name").notNull(),
    projectorVersion: integer("projector_version").notNull(),
    category: text("category").notNull(),
    completeUpTo: integer("complete_up_to").notNull(),
  },
  (table) => [primaryKey({ columns: [table.name, table.projectorVersion, table.category] })],
);
