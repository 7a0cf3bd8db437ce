import { setTimeout as sleep } from "node:timers/promises";
import { queryRows } from "./query-rows.ts";

/** Waits until something holds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(2);
}

/** Waits until so many sessions of a database wait for a lock that eventfold takes. */
export async function untilWaiting(connectionString: string, count: number): Promise<void> {
  const waiting =
    "select count(*)::int from pg_stat_activity where wait_event = 'advisory' and datname = current_database()";
  await until(async () => Number((await queryRows(connectionString, waiting))[0]) >= count);
}
