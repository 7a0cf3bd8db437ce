import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { PostgresProcessingStorageAdapter } from "@eventfold/adapter-postgres/processing";
import { processingStorageAdapterSuite } from "@eventfold/testing";
import * as vitest from "vitest";
import { queryRows } from "../query-rows.ts";
import { testServer } from "../test-server.ts";

const { connectionString } = await testServer();
let schemas = 0;

/** Every storage is a schema of its own: creating one is much cheaper than a database. */
processingStorageAdapterSuite(vitest, {
  name: "PostgreSQL",
  create: async () => {
    schemas += 1;
    const schema = `suite_${schemas}`;
    return {
      open: (settings) => PostgresProcessingStorageAdapter.open({ ...settings, connectionString, schema }),
      openShared: async (settings) => {
        const events = await PostgresEventStorageAdapter.open({ ...settings, connectionString, schema });
        return { events, processing: await PostgresProcessingStorageAdapter.open({ shareWith: events }) };
      },
      dispose: async () => {
        await queryRows(connectionString, `drop schema if exists ${schema} cascade`);
      },
    };
  },
});
