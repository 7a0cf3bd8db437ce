import { PostgresEventStorageAdapter, type PostgresEventStorageOptions } from "@eventfold/adapter-postgres";
import type { OrderingGuarantee } from "@eventfold/store";
import { eventStorageAdapterSuite } from "@eventfold/testing";
import * as vitest from "vitest";
import { queried } from "./queried.ts";
import { testServer } from "./test-server.ts";

/** Runs the suite of the contract on a server of its own, each test in a schema of its own. */
export async function postgresSuite(orderingGuarantee: OrderingGuarantee): Promise<void> {
  const { connectionString } = await testServer();
  let storages = 0;
  eventStorageAdapterSuite(vitest, {
    name: `PostgreSQL with the ordering guarantee "${orderingGuarantee}"`,
    canCutConnections: true,
    create: async () => {
      storages += 1;
      const schema = `suite_${storages}`;
      const options: PostgresEventStorageOptions = { connectionString, schema, orderingGuarantee };
      return {
        open: (settings) => PostgresEventStorageAdapter.open({ ...options, ...settings }),
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
