import { withoutSecrets } from "@eventfold/adapter-postgres/connection-string";
import type { DatabaseAdapters, OpeningOptions } from "./opened-database.ts";

/** Opens the log of a PostgreSQL database: the one in the schema `eventfold`. Others are opened by a config. */
export async function openPostgres(
  connectionString: string,
  { migrations = "check" }: OpeningOptions,
): Promise<DatabaseAdapters> {
  const { PostgresEventStorageAdapter } = await import("@eventfold/adapter-postgres");
  const events = await PostgresEventStorageAdapter.open({ connectionString, migrations });
  return {
    description: withoutSecrets(connectionString),
    events,
    async openProjections() {
      const { PostgresProjectionStorageAdapter } = await import("@eventfold/adapter-postgres/projections");
      return PostgresProjectionStorageAdapter.open({ shareWith: events, migrations });
    },
    async openProcessing() {
      const { PostgresProcessingStorageAdapter } = await import("@eventfold/adapter-postgres/processing");
      return PostgresProcessingStorageAdapter.open({ shareWith: events, migrations });
    },
  };
}
