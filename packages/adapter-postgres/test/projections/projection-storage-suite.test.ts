import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { PostgresProjectionStorageAdapter } from "@eventfold/adapter-postgres/projections";
import { projectionStorageAdapterSuite } from "@eventfold/testing";
import * as vitest from "vitest";
import { ReusedSchemas } from "../reused-schemas.ts";
import { testPool } from "../test-pool.ts";
import { testServer } from "../test-server.ts";
import { suiteFunctionsInSql } from "./suite-functions-in-sql.ts";

const { connectionString } = await testServer();
const pool = testPool({ connectionString, max: 10 }); // of a caller, which spares every test from connecting anew
const schemas = new ReusedSchemas(pool);

projectionStorageAdapterSuite(vitest, {
  name: "PostgreSQL",
  concurrency: process.env.EVENTFOLD_SOAK ? {} : { queries: 100 }, // the agreement tests ask some thousand more
  create: async () => {
    const schema = await schemas.take();
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
      dispose: async () => schemas.giveBack(schema),
    };
  },
});
