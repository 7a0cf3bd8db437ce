import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  index,
  integer,
  json,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  unique,
  uuid,
} from "drizzle-orm/pg-core";
import type { LogLocation } from "../naming/log-location.ts";
import { logNames } from "../naming/log-names.ts";
import { textInC, textsInC } from "./text-in-c.ts";

const atMs = { precision: 3, withTimezone: true, mode: "date" } as const;

/**
 * The tables of a log, to query them and to join them with your own. Only read them: events are added by publishing. The
 * `tags` of an event without any are `null`; `eventTags` has a row for each tag of each event.
 *
 * @throws `RangeError` when a name cannot be quoted or is too long.
 *
 * @example
 * ```ts
 * const tables = logTables();
 * const names = await adapter.transaction((tx) => drizzleOf(tx).select({ name: tables.events.name }).from(tables.events));
 * ```
 */
export function logTables(location: LogLocation = {}) {
  const names = logNames(location);
  const schema = pgSchema(names.schema);
  const constraint = (ending: string) => `${names.eventsTable}_${ending}`;
  return {
    events: schema.table(
      names.eventsTable,
      {
        sequenceNumber: bigint("sequence_number", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
        id: uuid("id").notNull(),
        category: textInC("category").notNull(),
        stream: textInC("stream").notNull(),
        position: integer("position").notNull(),
        name: textInC("name").notNull(),
        version: integer("version").notNull(),
        size: integer("size").notNull(),
        observedAt: timestamp("observed_at", atMs).notNull(),
        occurredAt: timestamp("occurred_at", atMs).notNull(),
        payload: json("payload").notNull(),
        metadata: json("metadata"),
        tags: textsInC("tags"),
      },
      (table) => [
        unique(names.constraints.id).on(table.id),
        unique(names.constraints.position).on(table.category, table.stream, table.position),
        index(names.categoryIndex).on(table.category, table.sequenceNumber),
      ],
    ),
    eventTags: schema.table(
      constraint("tags"),
      {
        tag: textInC("tag").notNull(),
        sequenceNumber: bigint("sequence_number", { mode: "number" }).notNull(),
        name: textInC("name").notNull(),
      },
      (table) => [primaryKey({ columns: [table.tag, table.sequenceNumber] })],
    ),
    settings: schema.table(constraint("settings"), {
      name: text("name").primaryKey(),
      value: text("value").notNull(),
    }),
    migrations: schema.table(constraint("migrations"), {
      version: integer("version").primaryKey(),
      name: text("name").notNull(),
      checksum: text("checksum").notNull(),
      compatible: boolean("compatible").notNull(),
      appliedAt: timestamp("applied_at", { withTimezone: true, mode: "date" }).notNull().default(sql`now()`),
    }),
  };
}

/** The tables that {@link logTables} describes. */
export type LogTables = ReturnType<typeof logTables>;
