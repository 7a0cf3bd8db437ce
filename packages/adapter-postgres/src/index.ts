// The adapter
export { PostgresEventStorageAdapter } from "./postgres-event-storage-adapter.ts";
export type { PostgresConnectionOptions, PostgresEventStorageOptions } from "./open-options.ts";
export type { PostgresTransaction } from "./transaction/postgres-transaction.ts";

// Migrations, and what a runtime role needs
export type { EventMigrationOptions } from "./migrations/event-migrations.ts";
export { eventMigrations } from "./migrations/event-migrations.ts";
export type { Migration } from "./migrations/migration.ts";
export {
  type PendingMigrationOptions,
  readPendingMigrations,
} from "./migrations/read-pending-migrations.ts";
export type { SequenceOptions } from "./migrations/sequence-repair.ts";
export { type RuntimeGrantOptions, runtimeGrants } from "./migrations/runtime-grants.ts";

// Where the log is
export type { LogLocation } from "./naming/log-location.ts";
export { DEFAULT_EVENTS_TABLE, DEFAULT_SCHEMA } from "./naming/log-location.ts";
