import { index, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { epochMs } from "./cells.ts";

/**
 * The subjects that have keys, or were forgotten. Read only, as the keys: a key store writes them.
 *
 * @example
 * ```ts
 * const forgotten = drizzle({ client }).select().from(keySubjectsTable).all().filter(({ forgottenAt }) => forgottenAt !== null);
 * ```
 */
export const keySubjectsTable = sqliteTable("eventfold_key_subjects", {
  subject: text("subject").primaryKey(),
  currentKey: text("current_key"),
  forgottenAt: epochMs("forgotten_at"),
});

/** The keys of subjects, current and former ones, as they are stored. Whoever can read them can read what they protect. */
export const keysTable = sqliteTable(
  "eventfold_keys",
  {
    id: text("id").primaryKey(),
    subject: text("subject").notNull(),
    secret: text("secret").notNull(),
    encryptedWith: text("encrypted_with"),
  },
  (table) => [index("eventfold_keys_by_subject").on(table.subject)],
);
