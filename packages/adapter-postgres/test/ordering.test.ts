import { spawn } from "node:child_process";
import { once } from "node:events";
import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { EventStore, type OrderingGuarantee, streamIsEmpty } from "@eventfold/store";
import { Client, Pool } from "pg";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { countingPool } from "./counting-pool.ts";
import { numbered } from "./events.ts";
import { queryRows } from "./query-rows.ts";
import { testServer } from "./test-server.ts";
import { until, untilWaiting } from "./until.ts";

const server = await testServer();
const { connectionString } = server;
const isSoak = process.env.EVENTFOLD_SOAK !== undefined;

function idOf(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
}

const { pool, count } = countingPool(connectionString);
afterAll(() => pool.end());

async function opened(orderingGuarantee: OrderingGuarantee) {
  const schema = `ordering_${Math.random().toString(36).slice(2)}`;
  const adapter = await PostgresEventStorageAdapter.open({ pool, schema, orderingGuarantee });
  onTestFinished(() => adapter.close());
  return { adapter, store: new EventStore({ adapter }), schema };
}

async function transactionOn(adapter: PostgresEventStorageAdapter, store: EventStore) {
  const client = new Client({ connectionString });
  await client.connect();
  await client.query("begin");
  return {
    within: store.within(adapter.using(client)),
    client,
    end: async (how: "commit" | "rollback") => {
      await client.query(how);
      await client.end();
    },
  };
}

describe("a writer that holds its transaction open after it took number n", () => {
  it.each<[OrderingGuarantee, string, string]>([
    ["category", "other", "s"],
    ["stream", "other", "s"],
    ["stream", "c", "other"],
  ])(
    'lets others commit under "%s" (%s/%s), and no reader of a wider scope passes n before it ends',
    async (guarantee, category, stream) => {
      const { adapter, store } = await opened(guarantee);
      const slow = await transactionOn(adapter, store);
      const [first] = await slow.within.stream({ category: "c", stream: "s" }).publish({ events: numbered(1) });
      const [second] = await store.stream({ category, stream }).publish({ events: numbered(1) });
      expect(second?.sequenceNumber).toBeGreaterThan(first?.sequenceNumber ?? 0);
      // What is within the guarantee is read at once.
      expect(await store.stream({ category, stream }).read()).toEqual([second]);

      const wide = category === "c" ? [store.log(), store.category("c")] : [store.log()];
      const ending = new AbortController();
      const followed = wide.map(() => [] as (number | undefined)[]);
      const followers = wide.map(async (source, n) => {
        for await (const event of source.follow({ signal: ending.signal })) followed[n]?.push(event.sequenceNumber);
      });
      let isEnded = false;
      const scans = wide.flatMap((source) => [
        source.read(),
        source.read({ direction: "backwards" }).then((events) => events.reverse()),
        source.latest().then((event) => [first, event]),
      ]);
      const early = Promise.race(scans).then(() => expect(isEnded, "a scan ended before the writer").toBe(true));
      await untilWaiting(connectionString, scans.length);
      const asked = count("_news");
      await until(() => count("_news") >= asked + 4); // again and again
      expect(followed.flat()).toEqual([]);
      isEnded = true;
      await slow.end("commit");
      await early;
      for (const events of await Promise.all(scans)) expect(events).toEqual([first, second]);
      await until(() => followed.every((numbers) => numbers.length >= 2));
      for (const numbers of followed) expect(numbers).toEqual([first?.sequenceNumber, second?.sequenceNumber]);
      ending.abort();
      await Promise.allSettled(followers);
    },
  );

  it.each<OrderingGuarantee>(["category", "stream"])(
    'does not keep texts below the horizon from being read under "%s"',
    async (guarantee) => {
      const { adapter, store } = await opened(guarantee);
      const numbersBelow = async (before: number, direction: "forwards" | "backwards") => {
        const numbers: number[] = [];
        for await (const page of adapter.storage.storedTexts?.({ kind: "log" }, { direction, before }) ?? []) {
          numbers.push(...page.map(({ sequenceNumber }) => sequenceNumber));
        }
        return numbers;
      };
      const [first] = await store.stream({ category: "c", stream: "s" }).publish({ events: numbered(1) });
      const slow = await transactionOn(adapter, store);
      await slow.within.stream({ category: "c", stream: "s" }).publish({ events: numbered(1) });
      await store.stream({ category: "other", stream: "s" }).publish({ events: numbered(1) });
      const before = (await adapter.storage.horizon({ kind: "log" })) + 1;
      expect(await numbersBelow(before, "forwards")).toEqual([first?.sequenceNumber]);
      expect(await numbersBelow(before, "backwards")).toEqual([first?.sequenceNumber]);
      const all = numbersBelow(before + 2, "forwards");
      await untilWaiting(connectionString, 1);
      await slow.end("commit");
      expect(await all).toEqual([1, 2, 3]);
    },
  );

  it('makes others wait under "log", so that numbers are committed in order', async () => {
    const { adapter, store } = await opened("log");
    const slow = await transactionOn(adapter, store);
    await slow.within.stream({ category: "c", stream: "s" }).publish({ events: numbered(1) });
    let isPublished = false;
    const publish = store
      .stream({ category: "d", stream: "t" })
      .publish({ events: numbered(1) })
      .finally(() => {
        isPublished = true;
      });
    await untilWaiting(connectionString, 1);
    expect(isPublished).toBe(false);
    expect(await store.log().read()).toEqual([]);
    await slow.end("rollback");
    expect(await publish).toMatchObject([{ position: 0 }]);
  });
});

describe.each<OrderingGuarantee>(["log", "category", "stream"])('under "%s"', (guarantee) => {
  it("a long transaction elsewhere in the cluster, or in other tables, holds up nobody", async () => {
    const { store } = await opened(guarantee);
    const [elsewhere, here] = [
      new Client({ connectionString: await server.createDatabase() }),
      new Client({ connectionString }),
    ];
    for (const client of [elsewhere, here]) {
      await client.connect();
      await client.query(
        "create table if not exists mine (n int); begin; insert into mine values (1); select pg_current_xact_id()",
      );
    }
    const seen: number[] = [];
    const follower = (async () => {
      for await (const event of store.log().follow({ signal: AbortSignal.timeout(30_000) })) {
        seen.push(event.position);
        if (seen.length === 2) break;
      }
    })();
    await store.stream({ category: "c", stream: "s" }).publish({ events: numbered(1) });
    await store.stream({ category: "c", stream: "s" }).publish({ events: numbered(1) });
    await follower;
    expect(seen).toEqual([0, 1]);
    expect(await store.log().read()).toHaveLength(2);
    for (const client of [elsewhere, here]) await client.end();
  });

  it("a process that is frozen inside a transaction holds others up no longer than its time-out", async () => {
    const { store, schema } = await opened(guarantee);
    const script = new URL("./processes/freeze-in-transaction.ts", import.meta.url).pathname;
    const child = spawn(process.execPath, ["--conditions=eventfold-source", script, connectionString, schema], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    child.kill("SIGSTOP");
    const stream = store.stream({ category: "c", stream: "s" });
    expect(await stream.publish({ events: numbered(1) })).toMatchObject([{ position: 0 }]);
    expect(await store.log().read()).toHaveLength(1);
    child.kill("SIGKILL");
  });

  it("has one winner of sixteen rivals, every time", async () => {
    const { store, schema } = await opened(guarantee);
    const second = await PostgresEventStorageAdapter.open({ pool, schema, notifications: false });
    const other = new EventStore({ adapter: second });
    for (let round = 0; round < (isSoak ? 100 : 8); round += 1) {
      const names = { category: "rivals", stream: `round-${round}` };
      const outcomes = await Promise.allSettled(
        Array.from({ length: 16 }, (_, n) =>
          (n % 2 === 0 ? store : other).stream(names).publish({
            ...{ events: numbered(1, n), condition: streamIsEmpty() },
          }),
        ),
      );
      expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      expect(await store.stream(names).read()).toHaveLength(1);
    }
    await second.close();
  });

  it("stores one publish that comes eight times at once a single time", async () => {
    const { store, schema } = await opened(guarantee);
    const second = await PostgresEventStorageAdapter.open({ pool, schema, notifications: false });
    const other = new EventStore({ adapter: second });
    for (let round = 0; round < (isSoak ? 200 : 12); round += 1) {
      const names = { category: "repeats", stream: String(round % 3) };
      const events = [{ name: "numbered", payload: round, id: idOf(round) }];
      const outcomes = await Promise.all(
        [0, 1, 2, 3, 4, 5, 6, 7].map((n) => (n % 2 === 0 ? store : other).stream(names).publish({ events })),
      );
      expect(outcomes.filter(({ isRepeat }) => !isRepeat)).toHaveLength(1);
    }
    expect(await store.category("repeats").read()).toHaveLength(isSoak ? 200 : 12);
    await second.close();
  });

  it("lets a bad publish in a full flush fail alone", async () => {
    const { adapter } = await opened(guarantee);
    const write = (n: number, payload: string) => ({
      ...{ category: "c", stream: guarantee === "log" ? `s${n}` : "s", allowed: undefined },
      events: [
        { id: idOf(n), name: "n", payload, metadata: null, version: 1, observedAtMs: 0, occurredAtMs: 0, tags: [] },
      ],
    });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, (_, n) => adapter.storage.save({ writes: [write(n, n === 23 ? "{" : "{}")] })),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(
      Array.from({ length: 50 }, (_, n) => (n === 23 ? "rejected" : "fulfilled")),
    );
    expect(outcomes[23]).toMatchObject({ reason: { code: "STORAGE_FAILED" } });
    expect(await new EventStore({ adapter }).log().read()).toHaveLength(49);
  });
});

it("keeps the plans of the append functions when the table grows", async () => {
  const schema = `ordering_${Math.random().toString(36).slice(2)}`;
  /** Works in one session, and says how the table was looked at once that has ended: a session reports at its end. */
  const inOneSession = async (work: (store: EventStore) => Promise<unknown>) => {
    const pool = new Pool({ connectionString, max: 1, application_name: schema });
    const adapter = await PostgresEventStorageAdapter.open({ pool, schema, notifications: false });
    await work(new EventStore({ adapter }));
    await adapter.close();
    await pool.end();
    const sessions = "select count(*)::int from pg_stat_activity where application_name = $1";
    await until(async () => (await queryRows(connectionString, sessions, [schema]))[0] === 0, 50);
    const statement = `select coalesce(seq_scan, 0)::int, coalesce(idx_scan, 0)::int from pg_stat_user_tables
      where schemaname = $1 and relname = 'events'`;
    const [sequential = 0, indexed = 0] = await queryRows(connectionString, statement, [schema]);
    return { sequential: Number(sequential), indexed: Number(indexed) };
  };
  const before = await inOneSession(async () => {});
  const after = await inOneSession(async (store) => {
    const publish = async (n: number) => {
      await store.stream({ category: "c", stream: `lone-${n}` }).publish({ events: numbered(1) });
      await Promise.all(
        [1, 2, 3].map((m) => store.stream({ category: "c", stream: `s${n}-${m}` }).publish({ events: numbered(1) })),
      );
    };
    for (let n = 0; n < 20; n += 1) await publish(n);
    await queryRows(connectionString, `analyze ${schema}.events`);
    for (let n = 20; n < 40; n += 1) await publish(n);
    await queryRows(
      connectionString,
      `insert into ${schema}.events (id, category, stream, position, name, version, size, observed_at, occurred_at, payload)
       select gen_random_uuid(), 'bulk', 'b' || n / 100, n % 100, 'n', 1, 2, now(), now(), '{}' from generate_series(0, ${isSoak ? 199_999 : 49_999}) n`,
    );
    for (let n = 40; n < 80; n += 1) await publish(n);
    expect(await store.stream({ category: "c", stream: "s79-3" }).read()).toHaveLength(1);
  });
  expect(after.sequential).toBe(before.sequential);
  expect(after.indexed).toBeGreaterThanOrEqual(before.indexed + 80 * 4);
});
