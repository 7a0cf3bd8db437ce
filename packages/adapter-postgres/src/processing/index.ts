// The adapter
export { PostgresProcessingStorageAdapter } from "./postgres-processing-storage-adapter.ts";
export type {
  PostgresProcessingStorageOptions,
  ProcessingStorageOptions,
  SeparateProcessingStorageOptions,
  SharedProcessingStorageOptions,
} from "./open-processing-options.ts";
export type { ProcessingClientTransaction } from "./open-processing.ts";

// Migrations, and what a runtime role needs
export { processingMigrations } from "./migrations/processing-migrations.ts";
export { type ProcessingGrantOptions, processingGrants } from "./migrations/processing-grants.ts";

// Where processing is stored
export type { ProcessingLocation } from "./processing-location.ts";
export { DEFAULT_PROCESSING_PREFIX } from "./processing-location.ts";
