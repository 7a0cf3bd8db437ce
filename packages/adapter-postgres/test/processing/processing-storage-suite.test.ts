import { PostgresEventStorageAdapter, type PostgresEventStorageOptions } from "@eventfold/adapter-postgres";
import { PostgresProcessingStorageAdapter } from "@eventfold/adapter-postgres/processing";
import { type ProcessingStorageRule, processingStorageAdapterSuite } from "@eventfold/testing";
import * as vitest from "vitest";
import { ReusedSchemas } from "../reused-schemas.ts";
import { testPool } from "../test-pool.ts";
import { testServer } from "../test-server.ts";

/** What notifications, and connections of an adapter's own, can break: beats, which have one of their own, wake-ups and closing. */
const WITH_OWN_CONNECTIONS: readonly ProcessingStorageRule[] = ["P3", "P15", "P16"];

/** In a soak every rule is tested with connections of the adapters' own. */
const ON_ONE_POOL: readonly ProcessingStorageRule[] = [
  ...(["P1", "P2", "P4", "P5", "P6", "P7", "P8"] as const),
  ...(["P9", "P10", "P11", "P12", "P13", "P14"] as const),
];

const { connectionString } = await testServer();
const pool = testPool({ connectionString, max: 10 });
const schemas = new ReusedSchemas(pool);

run("PostgreSQL", WITH_OWN_CONNECTIONS, { connectionString });
if (!process.env.EVENTFOLD_SOAK) run("PostgreSQL, on one pool", ON_ONE_POOL, { pool, notifications: false });

function run(name: string, rules: readonly ProcessingStorageRule[], options: PostgresEventStorageOptions): void {
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
