export { SqliteEventStorageAdapter } from "./sqlite-event-storage-adapter.ts";
export type { SqliteEventStorageOptions } from "./sqlite-event-storage-options.ts";
export type { SqliteTransaction } from "./sqlite-transaction.ts";
export { readPendingMigrations } from "./migrations/read-pending-migrations.ts";
