// Relays the outbox of a PostgreSQL database: `node postgres-relay.ts <name> <connection string> <url>`. Start several: one works.
import { PostgresProcessingStorageAdapter } from "@eventfold/adapter-postgres/processing";
import pg from "pg";
import { openPostgresOutbox } from "./postgres-outbox.ts";
import { runRelay } from "./run-relay.ts";

const [name = "relay-1", connectionString = "postgres://localhost/shop", url = "http://localhost:3000"] =
  process.argv.slice(2);
const pool = new pg.Pool({ connectionString });
pool.on("error", console.error); // of a connection that was not in use
try {
  await using storage = await PostgresProcessingStorageAdapter.open({ pool });
  await runRelay({ name, storage, outbox: await openPostgresOutbox(pool), url });
} finally {
  await pool.end();
}
