import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { epochMs, jsonText, uuidBytes } from "./cells.ts";

/**
 * The events, to query them and to join them with your own tables. Read only: events get in by publishing.
 *
 * @example
 * ```ts
 * drizzle({ client }).select().from(eventsTable).where(eq(eventsTable.category, "users")).all();
 * ```
 */
export const eventsTable = sqliteTable(
  "eventfold_events",
  {
    sequenceNumber: integer("sequence_number").primaryKey({ autoIncrement: true }),
    category: text("category").notNull(),
    stream: text("stream").notNull(),
    position: integer("position").notNull(),
    id: uuidBytes("id").notNull(),
    name: text("name").notNull(),
    version: integer("version").notNull(),
    observedAt: epochMs("observed_at").notNull(),
    occurredAt: epochMs("occurred_at").notNull(),
    payload: jsonText("payload").notNull(),
    metadata: jsonText("metadata"),
    tags: jsonText("tags").$type<readonly string[]>(),
  },
  (table) => [
    uniqueIndex("eventfold_events_by_stream").on(table.category, table.stream, table.position),
    index("eventfold_events_by_category").on(table.category, table.sequenceNumber),
    uniqueIndex("eventfold_events_by_id").on(table.id),
  ],
);

/** The tags of the events, a row for each tag of an event: what events are found by. Read only, as {@link eventsTable}. */
export const eventTagsTable = sqliteTable(
  "eventfold_event_tags",
  {
    tag: text("tag").notNull(),
    sequenceNumber: integer("sequence_number").notNull(),
    name: text("name").notNull(),
  },
  (table) => [primaryKey({ columns: [table.tag, table.sequenceNumber] })],
);

/** What the log was created with: one row. */
export const logTable = sqliteTable("eventfold_log", {
  singleton: integer("singleton").primaryKey(),
  orderingGuarantee: text("ordering_guarantee", { enum: ["log", "category", "stream"] }).notNull(),
});

/** The migrations that the database has had. */
export const migrationsTable = sqliteTable(
  "eventfold_migrations",
  {
    component: text("component").notNull(),
    version: integer("version").notNull(),
    name: text("name").notNull(),
    checksum: text("checksum").notNull(),
    compatible: integer("compatible", { mode: "boolean" }).notNull(),
    appliedAt: epochMs("applied_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.component, table.version] })],
);
