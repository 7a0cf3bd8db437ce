import { PostgresEventStorageAdapter, type PostgresEventStorageOptions } from "@eventfold/adapter-postgres";
import { PostgresProcessingStorageAdapter } from "@eventfold/adapter-postgres/processing";
import { type ProcessingStorageRule, processingStorageAdapterSuite } from "@eventfold/testing";
import * as vitest from "vitest";
import { ReusedSchemas } from "../reused-schemas.ts";
import { testPool } from "../test-pool.ts";
import { testServer } from "../test-server.ts";

/** What connections of an adapter's own can break: beats, which have one of their own, and closing. */
const WITH_OWN_CONNECTIONS: readonly ProcessingStorageRule[] = ["P3", "P16"];

/** What notifications can break. */
const BY_NOTIFICATIONS: readonly ProcessingStorageRule[] = ["P15"];

/** The others. In a soak every rule is tested on connections of the adapters' own. */
const BY_POLLING: readonly ProcessingStorageRule[] = [
  ...(["P1", "P2", "P4", "P5", "P6", "P7", "P8"] as const),
  ...(["P9", "P10", "P11", "P12", "P13", "P14"] as const),
];

const { connectionString } = await testServer();
const pool = testPool({ connectionString, max: 10 });
const schemas = new ReusedSchemas(pool);

if (process.env.EVENTFOLD_SOAK) {
  run("PostgreSQL", undefined, { connectionString });
} else {
  run("PostgreSQL, on connections of its own", WITH_OWN_CONNECTIONS, { connectionString });
  run("PostgreSQL", BY_NOTIFICATIONS, { pool });
  run("PostgreSQL, by polling", BY_POLLING, { pool, notifications: false });
}

function run(
  name: string,
  rules: readonly ProcessingStorageRule[] | undefined,
  options: PostgresEventStorageOptions,
): void {
  processingStorageAdapterSuite(vitest, {
    name,
    rules,
    capabilities: { notifications: options.notifications ?? true },
    create: async () => {
      const schema = await schemas.take();
      return {
        open: (settings) => PostgresProcessingStorageAdapter.open({ ...settings, ...options, schema }),
        openShared: async (settings) => {
          const events = await PostgresEventStorageAdapter.open({ ...settings, ...options, schema });
          return { events, processing: await PostgresProcessingStorageAdapter.open({ shareWith: events }) };
        },
        dispose: async () => schemas.giveBack(schema),
      };
    },
  });
}
