import { type PostgresTestServer, startPostgres } from "@eventfold/testing/postgres";
import pg from "pg";

let server: Promise<PostgresTestServer> | undefined;
let observer: Promise<pg.Client> | undefined;

/** A new, empty database on one server that is as durable as PostgreSQL is by default. */
export async function benchDatabase(): Promise<string> {
  server ??= startPostgres({ durability: "full", settings: { max_connections: "400" } });
  return (await server).createDatabase();
}

/** The ids of the processes that serve clients of the server, without that of the connection which asks. */
export async function clientBackends(): Promise<readonly number[]> {
  observer ??= connectObserver();
  const { rows } = await (await observer).query<{ pid: number }>(
    "select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()",
  );
  return rows.map(({ pid }) => pid);
}

async function connectObserver(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: await benchDatabase() });
  await client.connect();
  return client;
}

/** Ends the server, if one was started. */
export async function stopBenchServer(): Promise<void> {
  await (await observer)?.end();
  await (await server)?.stop();
}
