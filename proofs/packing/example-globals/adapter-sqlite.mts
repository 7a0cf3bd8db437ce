// What the examples of the SQLite adapter take for granted.
import type { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import type { AnyEvents, EventStore, NewEvent } from "@eventfold/store";
import type SqliteDatabase from "better-sqlite3";
import { sqliteTable, text } from "drizzle-orm/sqlite-core";

const sampleOutbox = sqliteTable("outbox", { text: text("text").notNull() });

declare global {
  const adapter: SqliteEventStorageAdapter;
  const store: EventStore;
  const events: readonly NewEvent<AnyEvents>[];
  const outbox: typeof sampleOutbox;

  const Database: typeof SqliteDatabase;
  const client: SqliteDatabase.Database;
  const drizzle: typeof import("drizzle-orm/better-sqlite3").drizzle;
  const eq: typeof import("drizzle-orm").eq;
}
