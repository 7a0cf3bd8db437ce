import { PostgresEventStorageAdapter, type PostgresEventStorageOptions } from "@eventfold/adapter-postgres";
import type { OrderingGuarantee } from "@eventfold/store";
import { type EventStorageRule, eventStorageAdapterSuite } from "@eventfold/testing";
import pg from "pg";
import * as vitest from "vitest";
import { queryRows } from "./query-rows.ts";
import { testServer } from "./test-server.ts";

/**
 * What a narrower guarantee than `"log"`, which is run whole, can break, tested under the narrowest. It changes which locks a publish takes before the
 * very same functions store it, that flushes run in parallel, and that readers of a wider scope go through the read barrier.
 * So all is tested that several writers decide (2, 3, 5, 6, 7, 21), that locks are taken by (1, 2), that reads show under
 * the barrier, with bounds of their own and after an end (11, 12, 13, 14, 15, 18, 19), or know without it (23), and
 * transactions, which hold those locks; 20 for the guarantee that is stored. It changes no value, name, time, listing or refusal: 4, 8, 9, 10, 16, 17, 22.
 */
const UNDER_STREAM: readonly EventStorageRule[] = [
  1,
  2,
  3,
  5,
  6,
  7,
  11,
  12,
  13,
  14,
  15,
  18,
  19,
  20,
  21,
  23,
  "transactions",
];

/**
 * What `"category"` can break that `"stream"` does not show: another lock is taken, which decides who waits for whom (2, 3,
 * 5, 7, transactions), and the log alone is read through the barrier (13, 18, 23); 20 as above.
 */
const UNDER_CATEGORY: readonly EventStorageRule[] = [2, 3, 5, 7, 13, 18, 20, 23, "transactions"];

const RULES = { log: undefined, category: UNDER_CATEGORY, stream: UNDER_STREAM };

/**
 * Runs the suite of the contract on a server of its own, each test in a schema of its own. Under `"log"` each adapter has its own
 * connections; otherwise all share the pool of a caller, which spares every test from connecting anew.
 */
export async function postgresSuite(orderingGuarantee: OrderingGuarantee): Promise<void> {
  const { connectionString } = await testServer();
  const pool = orderingGuarantee === "log" ? undefined : new pg.Pool({ connectionString, max: 40 });
  pool?.on("error", () => {}); // those that the tests cut
  vitest.afterAll(() => pool?.end());
  let storages = 0;
  eventStorageAdapterSuite(vitest, {
    name: `PostgreSQL with the ordering guarantee "${orderingGuarantee}"`,
    canCutConnections: true,
    rules: RULES[orderingGuarantee],
    create: async () => {
      storages += 1;
      const schema = `suite_${storages}`;
      const options: PostgresEventStorageOptions = {
        ...(pool === undefined ? { connectionString } : { pool }),
        schema,
        orderingGuarantee,
      };
      return {
        open: (settings) => PostgresEventStorageAdapter.open({ ...options, ...settings }),
        cutConnections: async () => {
          await queryRows(
            connectionString,
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
          );
        },
        dispose: async () => {}, // the database goes as a whole, which is quicker
      };
    },
  });
}
