import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { eventStorageAdapterSuite } from "@eventfold/testing";
import { startPostgres } from "@eventfold/testing/postgres";
import * as vitest from "vitest";
import { queried } from "./queried.ts";

const postgres = await startPostgres();
vitest.afterAll(() => postgres.stop());

let storages = 0;

for (const orderingGuarantee of ["log", "category", "stream"] as const) {
  eventStorageAdapterSuite(vitest, {
    name: `PostgreSQL with the ordering guarantee "${orderingGuarantee}"`,
    canCutConnections: true,
    create: async () => {
      storages += 1;
      const schema = `suite_${storages}`;
      const connectionString = postgres.connectionString;
      return {
        open: (settings) =>
          PostgresEventStorageAdapter.open({ connectionString, schema, orderingGuarantee, ...settings }),
        cutConnections: async () => {
          await queried(
            connectionString,
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
          );
        },
        dispose: async () => {
          await queried(connectionString, `drop schema if exists ${schema} cascade`);
        },
      };
    },
  });
}
