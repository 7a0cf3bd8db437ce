import { sql } from "drizzle-orm";
import { bigint, boolean, index, integer, jsonb, pgSchema, primaryKey, text, timestamp } from "drizzle-orm/pg-core";
import type { ProjectionLocation } from "../projections/projection-location.ts";
import { projectionNames } from "../projections/projection-names.ts";
import { textInC } from "./text-in-c.ts";

/**
 * The tables of projections, to query them and to join them with your own. Only read them: projections are added by saving
 * them. The indexes on paths, which you declare when opening, are not described.
 *
 * Readers of a projection store see the rows whose version is the active one of their name, in `versions`, and that are not
 * `isRemoved`. `stateText` and `metadataText` are the JSON as it was written; `jsonb` has the same values, with members in an order of its own.
 *
 * @throws `RangeError` when a name cannot be quoted or is too long.
 *
 * @example
 * ```ts
 * const { projections } = projectionTables();
 * const rows = await adapter.transaction((tx) =>
 *   drizzleOf(tx).select({ id: projections.id, state: projections.state }).from(projections),
 * );
 * ```
 */
export function projectionTables(location: ProjectionLocation = {}) {
  const names = projectionNames(location);
  const schema = pgSchema(names.schema);
  const table = names.projectionsTable;
  return {
    projections: schema.table(
      table,
      {
        name: textInC("name").notNull(),
        projectorVersion: integer("projector_version").notNull(),
        id: textInC("id").notNull(),
        source: jsonb("source").notNull(),
        state: jsonb("state").notNull(),
        stateText: text("state_text").notNull(),
        metadata: jsonb("metadata").notNull(),
        metadataText: text("metadata_text").notNull(),
        lastSequenceNumber: bigint("last_sequence_number", { mode: "number" }).notNull(),
        lastPosition: bigint("last_position", { mode: "number" }),
        isRemoved: boolean("is_removed").notNull(),
      },
      (columns) => [
        primaryKey({ name: `${table}_pkey`, columns: [columns.name, columns.projectorVersion, columns.id] }),
        index(names.sourceIndex).on(
          sql`jsonb_hash_extended(${columns.source}, 0)`,
          columns.name,
          columns.projectorVersion,
        ),
      ],
    ),
    versions: schema.table(`${table}_versions`, {
      name: textInC("name").primaryKey(),
      activeVersion: integer("active_version").notNull(),
    }),
    completeness: schema.table(
      `${table}_completeness`,
      {
        name: textInC("name").notNull(),
        projectorVersion: integer("projector_version").notNull(),
        /** Empty for the log. */
        category: textInC("category").notNull(),
        completeUpTo: bigint("complete_up_to", { mode: "number" }).notNull(),
      },
      (columns) => [
        primaryKey({
          name: `${table}_completeness_pkey`,
          columns: [columns.name, columns.projectorVersion, columns.category],
        }),
      ],
    ),
    migrations: schema.table(`${table}_migrations`, {
      version: integer("version").primaryKey(),
      name: text("name").notNull(),
      checksum: text("checksum").notNull(),
      compatible: boolean("compatible").notNull(),
      appliedAt: timestamp("applied_at", { withTimezone: true, mode: "date" }).notNull().default(sql`now()`),
    }),
  };
}

/** The tables that {@link projectionTables} describes. */
export type ProjectionTables = ReturnType<typeof projectionTables>;
