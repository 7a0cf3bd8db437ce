// As the chaos worker, for a cluster that fails over by itself: it acknowledges nothing that only one server has.
import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { runChaosWorker } from "@eventfold/testing/chaos";

await runChaosWorker(({ data }) =>
  PostgresEventStorageAdapter.open({
    ...{ connectionString: String(data), maxConnections: 4, connectTimeoutMs: 2_000 },
    requireSynchronousStandbys: 1,
  }),
);
