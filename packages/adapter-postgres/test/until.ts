import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";

/** Waits until something holds, and looks every so many milliseconds: seldom where a look opens a connection. */
export async function until(holds: () => boolean | Promise<boolean>, everyMs = 2): Promise<void> {
  while (!(await holds())) await sleep(everyMs);
}

/** Which locks a session may wait for: those that eventfold takes by name, or any, also those of rows and tables. */
const WAITS = { advisory: "wait_event = 'advisory'", any: "wait_event_type = 'Lock'" };

/** Waits until so many sessions of a database wait for a lock. */
export async function untilWaiting(
  connectionString: string,
  count: number,
  lock: keyof typeof WAITS = "advisory",
): Promise<void> {
  const waiting = `select count(*)::int as waiting from pg_stat_activity where ${WAITS[lock]} and datname = current_database()`;
  const client = new Client({ connectionString }); // one for all looks: connecting takes the server 30 ms
  await client.connect();
  try {
    await until(async () =>
      (await client.query<{ waiting: number }>(waiting)).rows.some((row) => row.waiting >= count),
    );
  } finally {
    await client.end();
  }
}
