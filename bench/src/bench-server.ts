import { type PostgresTestCluster, type PostgresTestServer, startPostgres } from "@eventfold/testing/postgres";
import pg from "pg";

let server: Promise<PostgresTestServer> | undefined;
let cluster: Promise<PostgresTestCluster> | undefined;
let observer: Promise<pg.Client> | undefined;

/** A new, empty database on one server that is as durable as PostgreSQL is by default. */
export async function benchDatabase(): Promise<string> {
  server ??= startPostgres({ durability: "full", settings: { max_connections: "400" } });
  return (await server).createDatabase();
}

/** One cluster, as durable as the server: a primary that waits for one of its standbys on the same machine. */
export function benchCluster(): Promise<PostgresTestCluster> {
  const settings = { max_connections: "400" };
  cluster ??= startPostgres({ standbys: 1, synchronous: "any 1", durability: "full", settings });
  return cluster;
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

/** Ends the servers that were started. */
export async function stopBenchServer(): Promise<void> {
  await (await observer)?.end();
  await (await server)?.stop();
  await (await cluster)?.stop();
}
