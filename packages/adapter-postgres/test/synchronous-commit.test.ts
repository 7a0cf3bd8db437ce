import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { EventStore, newEvent } from "@eventfold/store";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { numbered } from "./events.ts";
import { queryRows } from "./query-rows.ts";
import { testServer } from "./test-server.ts";

// A standby that is waited for and never comes: each commit waits until the setting is taken back, or the wait is cancelled.
const { connectionString } = await testServer({ dedicated: true });
const names = { category: "c", stream: "s" };
let adapter: PostgresEventStorageAdapter;
let store: EventStore;

beforeAll(async () => {
  adapter = await PostgresEventStorageAdapter.open({ connectionString, writeTimeoutMs: 60_000 });
  store = new EventStore({ adapter });
});
afterEach(() => waitForStandby(""));
afterAll(() => adapter.close());

async function waitForStandby(name: string): Promise<void> {
  await queryRows(connectionString, `alter system set synchronous_standby_names = '${name}'`);
  await queryRows(connectionString, "select pg_reload_conf()");
  const isSet = "select current_setting('synchronous_standby_names') = $1";
  await expect.poll(() => queryRows(connectionString, isSet, [name]), { timeout: 10_000 }).toEqual([true]);
}

const WAITING = "from pg_stat_activity where wait_event = 'SyncRep'";

/** What comes first: an answer, or a commit that waits for the standby. */
function answerOrWait(answer: Promise<unknown>): Promise<"answered" | "waits"> {
  const waits = expect.poll(() => queryRows(connectionString, `select count(*)::int ${WAITING}`), { timeout: 20_000 });
  return Promise.race([answer.then(() => "answered" as const), waits.toEqual([1]).then(() => "waits" as const)]);
}

/** Waits until a commit waits for the standby, and lets the server do something with its backend. */
async function interruptWait(interruption: "pg_terminate_backend" | "pg_cancel_backend"): Promise<void> {
  await expect.poll(() => queryRows(connectionString, `select count(*)::int ${WAITING}`)).toEqual([1]);
  const [pid] = await queryRows(connectionString, `select pid ${WAITING}`);
  await queryRows(connectionString, `select ${interruption}($1)`, [pid]);
  const isStillThere = `select count(*)::int ${WAITING} and pid = $1 and query not like '%pg_logical_emit_message%'`;
  await expect.poll(() => queryRows(connectionString, isStillThere, [pid])).toEqual([0]);
}

describe("under synchronous replication", () => {
  it.each(["pg_terminate_backend", "pg_cancel_backend"] as const)(
    "a publish whose wait for the standby was ended by %s is acknowledged only when the standby has it",
    async (interruption) => {
      const before = await store.log().read();
      await waitForStandby("nobody");
      const publish = store.stream(names).publish({ events: numbered(2) });
      for (let round = 0; round < 3; round += 1) {
        await interruptWait(interruption);
        expect(await answerOrWait(publish)).toBe("waits");
      }
      await waitForStandby("");
      const stored = await publish;
      expect(await store.log().read()).toEqual([...before, ...stored]);
    },
  );

  it("a repeat is acknowledged only when the standby has the first publish", async () => {
    const events = [newEvent({ name: "once", payload: 1 })];
    const stored = await store.stream(names).publish({ events });
    await waitForStandby("nobody");
    const again = store.stream(names).publish({ events });
    expect(await answerOrWait(again)).toBe("waits");
    await waitForStandby("");
    expect((await again).isRepeat).toBe(true);
    expect([...(await again)]).toEqual([...stored]);
  });

  it("a transaction that only repeats is committed only when the standby has the first publish", async () => {
    const events = [newEvent({ name: "once", payload: 1 })];
    await store.stream(names).publish({ events });
    await waitForStandby("nobody");
    const again = adapter.transaction((tx) => store.within(tx).stream(names).publish({ events }));
    expect(await answerOrWait(again)).toBe("waits");
    await waitForStandby("");
    expect((await again).isRepeat).toBe(true);
  });

  it("a transaction whose wait for the standby was cancelled is acknowledged only when the standby has it", async () => {
    await waitForStandby("nobody");
    const transaction = adapter.transaction((tx) =>
      store
        .within(tx)
        .stream(names)
        .publish({ events: numbered(1) }),
    );
    await interruptWait("pg_cancel_backend");
    expect(await answerOrWait(transaction)).toBe("waits");
    await waitForStandby("");
    const [event] = await transaction;
    expect(await store.eventById(event?.id ?? "")).toEqual(event);
  });
});
