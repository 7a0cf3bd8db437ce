// The adapter

// Migrations
export type { EventMigrationOptions } from "./migrations/event-migrations.ts";
export { eventMigrations } from "./migrations/event-migrations.ts";
export type { Migration, MigrationStatus } from "./migrations/migration.ts";
export { type RuntimeGrantOptions, runtimeGrants } from "./migrations/runtime-grants.ts";
// Names
export type { LogLocation } from "./naming/log-location.ts";
export { DEFAULT_EVENTS_TABLE, DEFAULT_SCHEMA } from "./naming/log-location.ts";
export type { PostgresConnectionOptions, PostgresEventStorageOptions } from "./open-options.ts";
export { PostgresEventStorageAdapter } from "./postgres-event-storage-adapter.ts";
export type { PostgresTransaction } from "./transaction/postgres-transaction.ts";
