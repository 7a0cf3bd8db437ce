export type { ClusteredServer } from "./clustered-server.ts";
export type { PostgresTestCluster, SynchronousStandbys } from "./postgres-test-cluster.ts";
export type { CreateDatabaseOptions, PostgresTestServer } from "./postgres-test-server.ts";
export type { StartPostgresOptions } from "./start-postgres.ts";
export { startPostgres } from "./start-postgres.ts";
