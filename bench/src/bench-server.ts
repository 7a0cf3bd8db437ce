import { type PostgresTestServer, startPostgres } from "@eventfold/testing/postgres";

let server: Promise<PostgresTestServer> | undefined;

/** A new, empty database on one server that is as durable as PostgreSQL is by default. */
export async function benchDatabase(): Promise<string> {
  server ??= startPostgres({ durability: "full", settings: { max_connections: "400" } });
  return (await server).createDatabase();
}

/** Ends the server, if one was started. */
export async function stopBenchServer(): Promise<void> {
  await (await server)?.stop();
}
