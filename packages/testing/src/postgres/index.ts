export type { CreateDatabaseOptions, PostgresTestServer, StartPostgresOptions } from "./start-postgres.ts";
export { startPostgres } from "./start-postgres.ts";
