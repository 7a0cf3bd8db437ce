// As the chaos worker, on a small pool of the caller's whose driver is set to return nothing as usual.
import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { runChaosWorker } from "@eventfold/testing/chaos";
import pg from "pg";

const INTEGER = 23;
const BIGINT = 20;
const BOOLEAN = 16;
const TIMESTAMPTZ = 1184;
for (const type of [INTEGER, BIGINT, BOOLEAN, TIMESTAMPTZ]) pg.types.setTypeParser(type, (text) => `<${text}>`);

await runChaosWorker(async ({ data }) => {
  const types = { getTypeParser: () => () => "nothing" };
  const pool = new pg.Pool({ connectionString: String(data), max: 2, connectionTimeoutMillis: 2_000, types });
  return PostgresEventStorageAdapter.open({ pool, connectTimeoutMs: 2_000, transactionIdleTimeoutMs: 3_000 });
});
