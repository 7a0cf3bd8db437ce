import { sql } from "drizzle-orm";
import { boolean, check, index, integer, pgSchema, text, timestamp, uuid } from "drizzle-orm/pg-core";
import type { KeyLocation } from "../keys/key-location.ts";
import { keyNames } from "../keys/key-names.ts";
import { textInC } from "./text-in-c.ts";

/**
 * The tables of keys, to query them. Only read them: key stores write to them. Whoever can read `keys` can read what they protect.
 *
 * @throws `RangeError` when a name cannot be quoted or is too long.
 *
 * @example
 * ```ts
 * const { subjects } = keyTables({ schema: "vault" });
 * const rows = await drizzleOf({ client }).select({ subject: subjects.subject, at: subjects.forgottenAt }).from(subjects);
 * ```
 */
export function keyTables(location: KeyLocation = {}) {
  const { schema: schemaName, prefix } = keyNames(location);
  const schema = pgSchema(schemaName);
  const name = (ending: string) => `${prefix}_${ending}`;
  return {
    subjects: schema.table(
      name("subjects"),
      {
        subject: textInC("subject").primaryKey(),
        currentKey: uuid("current_key"),
        forgottenAt: timestamp("forgotten_at", { precision: 3, withTimezone: true, mode: "date" }),
      },
      (table) => [
        check(name("subjects_check"), sql`(${table.currentKey} is null) = (${table.forgottenAt} is not null)`),
      ],
    ),
    keys: schema.table(
      name("keys"),
      {
        id: uuid("id").primaryKey(),
        subject: textInC("subject").notNull(),
        secret: text("secret").notNull(),
        encryptedWith: text("encrypted_with"),
      },
      (table) => [index(name("keys_subject_index")).on(table.subject)],
    ),
    migrations: schema.table(name("migrations"), {
      version: integer("version").primaryKey(),
      name: text("name").notNull(),
      checksum: text("checksum").notNull(),
      compatible: boolean("compatible").notNull(),
      appliedAt: timestamp("applied_at", { withTimezone: true, mode: "date" }).notNull().default(sql`now()`),
    }),
  };
}

/** The tables that {@link keyTables} describes. */
export type KeyTables = ReturnType<typeof keyTables>;
