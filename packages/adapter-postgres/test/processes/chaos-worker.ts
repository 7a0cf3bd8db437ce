// Publishes and reads until it is told to end, killed, or cut off.
import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { runChaosWorker } from "@eventfold/testing/chaos";

await runChaosWorker(({ data }) =>
  PostgresEventStorageAdapter.open({ connectionString: String(data), maxConnections: 4, connectTimeoutMs: 2_000 }),
);
