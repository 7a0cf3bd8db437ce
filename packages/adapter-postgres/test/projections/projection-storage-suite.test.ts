import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { PostgresProjectionStorageAdapter } from "@eventfold/adapter-postgres/projections";
import { projectionStorageAdapterSuite } from "@eventfold/testing";
import pg from "pg";
import * as vitest from "vitest";
import { testServer } from "../test-server.ts";
import { suiteFunctionsInSql } from "./suite-functions-in-sql.ts";

const { connectionString } = await testServer();
const pool = new pg.Pool({ connectionString, max: 40 }); // of a caller, which spares every test from connecting anew
vitest.afterAll(() => pool.end());
let schemas = 0;

/** Every storage is a schema of its own: creating one is much cheaper than a database. */
projectionStorageAdapterSuite(vitest, {
  name: "PostgreSQL",
  concurrency: process.env.EVENTFOLD_SOAK ? {} : { queries: 100 }, // the agreement tests ask some thousand more
  create: async () => {
    schemas += 1;
    const schema = `suite_${schemas}`;
    return {
      open: ({ functions = [], ...settings } = {}) =>
        PostgresProjectionStorageAdapter.open({
          ...settings,
          functions: suiteFunctionsInSql(functions),
          pool,
          schema,
        }),
      openShared: async (settings) => {
        const events = await PostgresEventStorageAdapter.open({ ...settings, pool, schema });
        return { events, projections: await PostgresProjectionStorageAdapter.open({ shareWith: events }) };
      },
      dispose: async () => {}, // the database goes as a whole, which is quicker
    };
  },
});
