import { PostgresEventStorageAdapter, type PostgresEventStorageOptions } from "@eventfold/adapter-postgres";
import { PostgresKeyStorageAdapter } from "@eventfold/adapter-postgres/keys";
import { keyStorageAdapterSuite } from "@eventfold/testing";
import * as vitest from "vitest";
import { testPool } from "../test-pool.ts";
import { testServer } from "../test-server.ts";

const { connectionString } = await testServer();
const pool = testPool({ connectionString, max: 20 });
let schemas = 0;

run("PostgreSQL, on one pool", { pool });
// What connections of an adapter's own can break is closing.
run("PostgreSQL", { connectionString }, ["K8"]);

/** Every storage is a schema of its own: creating one is much cheaper than a database, with which all go in the end. */
function run(name: string, options: PostgresEventStorageOptions, rules?: readonly ["K8"]): void {
  keyStorageAdapterSuite(vitest, {
    name,
    rules,
    create: async () => {
      schemas += 1;
      const schema = `suite_${schemas}`;
      return {
        open: () => PostgresKeyStorageAdapter.open({ ...options, schema }),
        openShared: async () => {
          const events = await PostgresEventStorageAdapter.open({ ...options, schema, notifications: false });
          return { events, keys: await PostgresKeyStorageAdapter.open({ shareWith: events }) };
        },
        dispose: async () => {},
      };
    },
  });
}
