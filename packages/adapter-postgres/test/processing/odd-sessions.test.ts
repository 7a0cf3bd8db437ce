import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { PostgresProcessingStorageAdapter } from "@eventfold/adapter-postgres/processing";
import { processingStorageAdapterSuite } from "@eventfold/testing";
import * as vitest from "vitest";
import { queryRows } from "../query-rows.ts";
import { testPool } from "../test-pool.ts";
import { testServer } from "../test-server.ts";

const server = await testServer();
const connectionString = await server.createDatabase();
let schemas = 0;

// What functions and results could depend on: levels of isolation, how names are found, and how values are read and printed.
const SETTINGS = {
  default_transaction_isolation: "'serializable'",
  search_path: "''",
  standard_conforming_strings: "off",
  quote_all_identifiers: "on",
  extra_float_digits: "-15",
  datestyle: "'SQL, DMY'",
  timezone: "'Asia/Kathmandu'",
  intervalstyle: "'iso_8601'",
};
const database = new URL(connectionString).pathname.slice(1);
for (const [setting, value] of Object.entries(SETTINGS)) {
  await queryRows(server.connectionString, `alter database "${database}" set ${setting} = ${value}`);
}

// One pool of sessions with these settings, for nothing is tested that needs connections of an adapter's own.
const pool = testPool({ connectionString, max: 40 });

/**
 * What they can break: rivals, of whom one is to see what the other has done (P2, P5, P9, P10, P13), repeats (P14), texts that hold what
 * SQL does (P8), and the step that is sent with the commit as a text (P12).
 */
processingStorageAdapterSuite(vitest, {
  name: "PostgreSQL with serializable and other odd defaults",
  rules: ["P2", "P5", "P8", "P9", "P10", "P12", "P13", "P14"],
  concurrency: { rivals: 6, repeats: 2 },
  capabilities: { notifications: false },
  create: async () => {
    schemas += 1;
    const schema = `odd "${schemas}"`;
    const options = { pool, schema, notifications: false };
    return {
      open: (settings) => PostgresProcessingStorageAdapter.open({ ...settings, ...options }),
      openShared: async (settings) => {
        const events = await PostgresEventStorageAdapter.open({ ...settings, ...options });
        return { events, processing: await PostgresProcessingStorageAdapter.open({ shareWith: events }) };
      },
      dispose: async () => {}, // the database goes as a whole, which is quicker
    };
  },
});
