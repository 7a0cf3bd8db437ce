import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { epochMs, jsonText, uuidBytes } from "./cells.ts";

/**
 * The living sessions of nodes. Read only, as all tables of processing: brokers write them.
 *
 * @example
 * ```ts
 * drizzle({ client })
 *   .select({ partition: processingPartitionsTable.partition, node: processingSessionsTable.name })
 *   .from(processingPartitionsTable)
 *   .leftJoin(processingSessionsTable, eq(processingPartitionsTable.owner, processingSessionsTable.id))
 *   .all();
 * ```
 */
export const processingSessionsTable = sqliteTable(
  "eventfold_processing_sessions",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    leaseMs: integer("lease_ms").notNull(),
    beat: integer("beat").notNull(),
    subscriptions: jsonText("subscriptions").notNull(),
    beatAt: epochMs("beat_at").notNull(),
  },
  (table) => [uniqueIndex("eventfold_processing_sessions_by_name").on(table.name)],
);

/** The subscriptions, each with the repartition that is under way, if there is one. */
export const processingSubscriptionsTable = sqliteTable(
  "eventfold_processing_subscriptions",
  {
    id: integer("id").primaryKey({ autoIncrement: true }),
    name: text("name").notNull(),
    source: text("source").notNull(),
    partitioning: text("partitioning").notNull(),
    partitions: integer("partitions").notNull(),
    repartition: text("repartition"),
    repartitionPartitions: integer("repartition_partitions"),
    fence: integer("fence"),
    lastRepartition: text("last_repartition"),
  },
  (table) => [uniqueIndex("eventfold_processing_subscriptions_by_name").on(table.name)],
);

/** The partitions, each with its checkpoint. One whose owner is not among the sessions is free. */
export const processingPartitionsTable = sqliteTable(
  "eventfold_processing_partitions",
  {
    subscription: integer("subscription").notNull(),
    partition: integer("partition").notNull(),
    token: integer("token").notNull(),
    owner: text("owner"),
    sequenceNumber: integer("sequence_number").notNull(),
    eventId: uuidBytes("event_id"),
    isPaused: integer("is_paused", { mode: "boolean" }).notNull(),
    error: text("error"),
    requests: jsonText("requests").notNull(),
    carriedOut: jsonText("carried_out").notNull(),
  },
  (table) => [primaryKey({ columns: [table.subscription, table.partition] })],
);

/** The parked events. One belongs to the partition `hash % partitions` of its subscription. */
export const processingParkedTable = sqliteTable(
  "eventfold_processing_parked",
  {
    subscription: integer("subscription").notNull(),
    sequenceNumber: integer("sequence_number").notNull(),
    hash: integer("hash").notNull(),
    eventId: uuidBytes("event_id").notNull(),
    category: text("category").notNull(),
    stream: text("stream").notNull(),
    isWholeStream: integer("is_whole_stream", { mode: "boolean" }).notNull(),
    attempts: integer("attempts").notNull(),
    error: text("error").notNull(),
    parkedAt: epochMs("parked_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.subscription, table.sequenceNumber, table.hash] }),
    index("eventfold_processing_parked_by_stream").on(
      table.subscription,
      table.category,
      table.stream,
      table.sequenceNumber,
      table.hash,
    ),
  ],
);

/** The locks. One whose session is not among the sessions is free. */
export const processingLocksTable = sqliteTable("eventfold_processing_locks", {
  name: text("name").primaryKey(),
  session: text("session").notNull(),
  holder: text("holder").notNull(),
  token: integer("token").notNull(),
});

/** How many changes there were that wake, and the last token of all locks. */
export const processingCountersTable = sqliteTable("eventfold_processing_counters", {
  name: text("name", { enum: ["changes", "lock-token"] }).primaryKey(),
  value: integer("value").notNull(),
});
