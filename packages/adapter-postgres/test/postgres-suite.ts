import { PostgresEventStorageAdapter, type PostgresEventStorageOptions } from "@eventfold/adapter-postgres";
import type { OrderingGuarantee } from "@eventfold/store";
import { type EventStorageRule, eventStorageAdapterSuite } from "@eventfold/testing";
import * as vitest from "vitest";
import { queryRows } from "./query-rows.ts";
import { ReusedSchemas } from "./reused-schemas.ts";
import { testPool } from "./test-pool.ts";
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
 * 5, 7, 26, 29, transactions), and the log alone is read through the barrier (13, 23, 27); 20 as above.
 */
const UNDER_CATEGORY: readonly EventStorageRule[] = [2, 3, 5, 7, 13, 20, 23, 26, 27, 29, "transactions"];

/** Under `"log"` all is tested. */
const UNDER_LOG: readonly EventStorageRule[] = [...UNDER_STREAM, 1, 4, 8, 9, 10, 11, 14, 15, 16, 17, 19, 22, 24];

const RULES = { log: UNDER_LOG, category: UNDER_CATEGORY, stream: UNDER_STREAM };

/**
 * What notifications can break: followers, closing, and connections that are cut. The other rules are tested by polling. In a soak every
 * rule is tested with notifications.
 */
const BY_NOTIFICATIONS: readonly EventStorageRule[] = [18, 19, 21];

/**
 * What connections of an adapter's own can break, tested under `"log"`: closing, and connections that are cut. Opening one costs the server
 * more than most tests do, so the other rules are tested on the pool of a caller.
 */
const ON_OWN_CONNECTIONS: readonly EventStorageRule[] = [19, 21];

/** Races are run again and again where a turn costs less: in memory, in SQLite, and here in a soak. */
const REPEATS = 3;

/** Many fewer than the suite has writers at once: each plans all statements for itself. */
const MAX_CONNECTIONS = 10;

/**
 * Runs the suite of the contract: the rules that connections or notifications can break in new schemas, the others by polling, in one
 * schema that is emptied before each test.
 */
export async function postgresSuite(orderingGuarantee: OrderingGuarantee): Promise<void> {
  const { connectionString } = await testServer();
  const pool = testPool({ connectionString, max: MAX_CONNECTIONS });
  const name = `PostgreSQL with the ordering guarantee "${orderingGuarantee}"`;
  const isLog = orderingGuarantee === "log";
  const own = { connectionString, options: { connectionString, orderingGuarantee } };
  const notified = { connectionString, options: { pool, orderingGuarantee } };
  const schemas = new ReusedSchemas(pool);
  const polling = { connectionString, schemas, options: { pool, orderingGuarantee, notifications: false } };

  if (process.env.EVENTFOLD_SOAK) return runSuite(name, undefined, isLog ? own : notified);
  const isOnOwn = (rule: EventStorageRule) => isLog && ON_OWN_CONNECTIONS.includes(rule);
  const isNotified = (rule: EventStorageRule) => !isOnOwn(rule) && BY_NOTIFICATIONS.includes(rule);
  const rules = RULES[orderingGuarantee];
  runSuite(`${name}, on connections of its own`, rules.filter(isOnOwn), own);
  runSuite(name, rules.filter(isNotified), notified);
  runSuite(
    `${name}, by polling`,
    rules.filter((rule) => !isOnOwn(rule) && !isNotified(rule)),
    polling,
  );
}

interface Place {
  readonly connectionString: string;
  readonly options: PostgresEventStorageOptions;
  /** Where schemas come from. Default: each is new. */
  readonly schemas?: ReusedSchemas;
}

let storages = 0;

function runSuite(
  name: string,
  rules: readonly EventStorageRule[] | undefined,
  { connectionString, options, schemas }: Place,
): void {
  if (rules?.length === 0) return;
  eventStorageAdapterSuite(vitest, {
    name,
    canCutConnections: true,
    concurrency: process.env.EVENTFOLD_SOAK ? {} : { repeats: REPEATS },
    capabilities: { notifications: options.notifications ?? true },
    rules,
    create: async () => {
      storages += 1;
      const schema = (await schemas?.take()) ?? `suite_${storages}`;
      return {
        open: (settings) => PostgresEventStorageAdapter.open({ ...options, schema, ...settings }),
        cutConnections: async () => {
          await queryRows(
            connectionString,
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
          );
        },
        dispose: async () => schemas?.giveBack(schema), // the database goes as a whole, which is quicker
      };
    },
  });
}
