import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  unique,
  uuid,
} from "drizzle-orm/pg-core";
import type { ProcessingLocation } from "../processing/processing-location.ts";
import { processingNames } from "../processing/processing-names.ts";
import { textInC } from "./text-in-c.ts";

const atMs = { precision: 3, withTimezone: true, mode: "date" } as const;

/**
 * The tables of processing, to query them and to join them with your own. Only read them: brokers write to them.
 *
 * A partition whose `owner` has no row in `sessions` is free. A parked event belongs to the partition `hash % partitions`.
 *
 * @throws `RangeError` when a name cannot be quoted or is too long.
 *
 * @example
 * ```ts
 * const { partitions } = processingTables();
 * const rows = await adapter.transaction((tx) =>
 *   drizzleOf(tx).select({ done: partitions.sequenceNumber, error: partitions.error }).from(partitions),
 * );
 * ```
 */
export function processingTables(location: ProcessingLocation = {}) {
  const { schema: schemaName, prefix } = processingNames(location);
  const schema = pgSchema(schemaName);
  const name = (ending: string) => `${prefix}_${ending}`;
  return {
    sessions: schema.table(
      name("sessions"),
      {
        id: uuid("id").primaryKey(),
        name: textInC("name").notNull(),
        beat: bigint("beat", { mode: "number" }).notNull(),
        leaseMs: bigint("lease_ms", { mode: "number" }).notNull(),
        subscriptions: integer("subscriptions").array().notNull(),
        beatAt: timestamp("beat_at", atMs).notNull(),
      },
      (table) => [unique(name("sessions_name_key")).on(table.name)],
    ),
    subscriptions: schema.table(
      name("subscriptions"),
      {
        id: integer("id").primaryKey().generatedAlwaysAsIdentity(),
        name: textInC("name").notNull(),
        source: textInC("source").notNull(),
        partitioning: textInC("partitioning").notNull(),
        partitions: integer("partitions").notNull(),
        repartitionId: uuid("repartition_id"),
        repartitionPartitions: integer("repartition_partitions"),
        fence: bigint("fence", { mode: "number" }),
        lastRepartition: uuid("last_repartition"),
      },
      (table) => [unique(name("subscriptions_name_key")).on(table.name)],
    ),
    partitions: schema.table(
      name("partitions"),
      {
        subscription: integer("subscription").notNull(),
        partition: integer("partition").notNull(),
        sequenceNumber: bigint("sequence_number", { mode: "number" }).notNull(),
        eventId: uuid("event_id"),
        owner: uuid("owner"),
        token: bigint("token", { mode: "number" }).notNull(),
        isPaused: boolean("is_paused").notNull(),
        error: text("error"),
        requests: jsonb("requests").notNull(),
        carriedOut: uuid("carried_out").array().notNull(),
      },
      (columns) => [primaryKey({ name: name("partitions_pkey"), columns: [columns.subscription, columns.partition] })],
    ),
    parked: schema.table(
      name("parked"),
      {
        subscription: integer("subscription").notNull(),
        sequenceNumber: bigint("sequence_number", { mode: "number" }).notNull(),
        hash: bigint("hash", { mode: "number" }).notNull(),
        eventId: uuid("event_id").notNull(),
        category: textInC("category").notNull(),
        stream: textInC("stream").notNull(),
        isWholeStream: boolean("is_whole_stream").notNull(),
        attempts: integer("attempts").notNull(),
        error: text("error").notNull(),
        parkedAt: timestamp("parked_at", atMs).notNull(),
      },
      (columns) => [
        primaryKey({
          name: name("parked_pkey"),
          columns: [columns.subscription, columns.sequenceNumber, columns.hash],
        }),
        index(name("parked_stream_index")).on(
          columns.subscription,
          columns.category,
          columns.stream,
          columns.sequenceNumber,
          columns.hash,
        ),
      ],
    ),
    locks: schema.table(name("locks"), {
      name: textInC("name").primaryKey(),
      session: uuid("session").notNull(),
      holder: uuid("holder").notNull(),
      token: bigint("token", { mode: "number" }).notNull(),
    }),
    migrations: schema.table(name("migrations"), {
      version: integer("version").primaryKey(),
      name: text("name").notNull(),
      checksum: text("checksum").notNull(),
      compatible: boolean("compatible").notNull(),
      appliedAt: timestamp("applied_at", { withTimezone: true, mode: "date" }).notNull().default(sql`now()`),
    }),
  };
}

/** The tables that {@link processingTables} describes. */
export type ProcessingTables = ReturnType<typeof processingTables>;
