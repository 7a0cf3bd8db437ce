import { PostgresEventStorageAdapter, type PostgresEventStorageOptions } from "@eventfold/adapter-postgres";
import type { OrderingGuarantee } from "@eventfold/store";
import { type EventStorageRule, eventStorageAdapterSuite } from "@eventfold/testing";
import pg from "pg";
import * as vitest from "vitest";
import { queryRows } from "./query-rows.ts";
import { testServer } from "./test-server.ts";

/**
 * What a narrower guarantee than `"log"`, which is tested whole, can break, tested under the narrowest. It changes which locks a
 * publish takes before the very same functions store it, that flushes run in parallel, and that readers of a wider scope go through the
 * read barrier. So all is tested that several writers decide (2, 3, 5, 6, 7, 21, 26), that locks are taken by (2, 26), that reads show under
 * the barrier, with bounds of their own and while others write (12, 13, 18, 25, 27, 28), or know without it (23), transactions, which hold
 * those locks, and restoring, which takes all of them (29), and what is looked at while others write (30); 20 for the guarantee that is stored.
 */
const UNDER_STREAM: readonly EventStorageRule[] = [
  2,
  3,
  5,
  6,
  7,
  12,
  13,
  18,
  20,
  21,
  23,
  25,
  26,
  27,
  28,
  29,
  30,
  "transactions",
];

/**
 * What `"category"` can break that `"stream"` does not show: another lock is taken, which decides who waits for whom (2, 3,
 * 5, 7, 26, 29, transactions), and the log alone is read through the barrier (13, 23, 27, 28); 20 as above.
 */
const UNDER_CATEGORY: readonly EventStorageRule[] = [2, 3, 5, 7, 13, 20, 23, 26, 27, 28, 29, "transactions"];

/** Under `"log"` all is tested. */
const UNDER_LOG: readonly EventStorageRule[] = [...UNDER_STREAM, 1, 4, 8, 9, 10, 11, 14, 15, 16, 17, 19, 22, 24];

const RULES = { log: UNDER_LOG, category: UNDER_CATEGORY, stream: UNDER_STREAM };

/**
 * What notifications, and connections of an adapter's own, can break: followers, closing, and connections that are cut. Opening a
 * connection costs the server more than most tests do, so the other rules are tested on the pool of a caller, by polling. In a soak every
 * rule is tested with notifications.
 */
const BY_NOTIFICATIONS: readonly EventStorageRule[] = [18, 19, 21];

/**
 * Runs the suite of the contract, each test in a schema of its own: with notifications the rules that need them, under `"log"` with
 * connections of each adapter's own; the others by polling, on one pool.
 */
export async function postgresSuite(orderingGuarantee: OrderingGuarantee): Promise<void> {
  const { connectionString } = await testServer();
  const pool = new pg.Pool({ connectionString, max: 40 });
  pool.on("error", () => {}); // those that the tests cut
  vitest.afterAll(() => pool.end());
  const name = `PostgreSQL with the ordering guarantee "${orderingGuarantee}"`;
  const connections = orderingGuarantee === "log" ? { connectionString } : { pool };
  const notified = { connectionString, options: { ...connections, orderingGuarantee } };
  const polling = { connectionString, options: { pool, orderingGuarantee, notifications: false } };

  if (process.env.EVENTFOLD_SOAK) return runSuite(name, undefined, notified);
  const rules = RULES[orderingGuarantee];
  const isNotified = (rule: EventStorageRule) => BY_NOTIFICATIONS.includes(rule);
  if (rules.some(isNotified)) runSuite(name, rules.filter(isNotified), notified);
  runSuite(
    `${name}, by polling`,
    rules.filter((rule) => !isNotified(rule)),
    polling,
  );
}

interface Place {
  readonly connectionString: string;
  readonly options: PostgresEventStorageOptions;
}

let storages = 0;

function runSuite(
  name: string,
  rules: readonly EventStorageRule[] | undefined,
  { connectionString, options }: Place,
): void {
  eventStorageAdapterSuite(vitest, {
    name,
    canCutConnections: true,
    capabilities: { notifications: options.notifications ?? true },
    rules,
    create: async () => {
      storages += 1;
      const schema = `suite_${storages}`;
      return {
        open: (settings) => PostgresEventStorageAdapter.open({ ...options, schema, ...settings }),
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
