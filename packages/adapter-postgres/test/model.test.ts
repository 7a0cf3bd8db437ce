import { PostgresEventStorageAdapter, type PostgresEventStorageOptions } from "@eventfold/adapter-postgres";
import type { OrderingGuarantee } from "@eventfold/store";
import { eventStorageModelTest } from "@eventfold/testing/model";
import pg from "pg";
import * as vitest from "vitest";
import { testServer } from "./test-server.ts";

const { connectionString } = await testServer();
const pool = new pg.Pool({ connectionString }); // programs follow nothing, so nobody has to listen
vitest.afterAll(() => pool.end());
let storages = 0;

const isSoak = process.env.EVENTFOLD_SOAK !== undefined;
const programs: Partial<Record<OrderingGuarantee, number>> = isSoak
  ? { log: 50_000, category: 5_000, stream: 5_000 }
  : { log: 150, stream: 30 };

for (const [orderingGuarantee, count] of Object.entries(programs) as [OrderingGuarantee, number][]) {
  eventStorageModelTest(vitest, {
    programs: count,
    programsPerStorage: 100, // connections and tables are dear
    name: `PostgreSQL with the ordering guarantee "${orderingGuarantee}"`,
    create: async () => {
      storages += 1;
      const schema = `model_${storages}`;
      const options: PostgresEventStorageOptions = { pool, notifications: false, schema, orderingGuarantee };
      return {
        open: (settings) => PostgresEventStorageAdapter.open({ ...options, ...settings }),
        dispose: async () => {}, // the database goes as a whole, which is quicker
      };
    },
  });
}
