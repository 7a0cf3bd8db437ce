// The adapter
export { PostgresKeyStorageAdapter } from "./postgres-key-storage-adapter.ts";
export type {
  KeyStorageOptions,
  PostgresKeyStorageOptions,
  SeparateKeyStorageOptions,
  SharedKeyStorageOptions,
} from "./open-key-options.ts";

// Migrations, and what a runtime role needs
export { keyMigrations } from "./migrations/key-migrations.ts";
export { type KeyGrantOptions, keyGrants } from "./migrations/key-grants.ts";

// Where keys are stored
export type { KeyLocation } from "./key-location.ts";
export { DEFAULT_KEY_PREFIX } from "./key-location.ts";
