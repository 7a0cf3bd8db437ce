import { PostgresEventStorageAdapter, type PostgresEventStorageOptions } from "@eventfold/adapter-postgres";
import { EventStore, newEvent, type OrderingGuarantee, streamIsEmpty, taggedWith } from "@eventfold/store";
import type { FailIf, PreparedEvent, SaveRequest, SaveResult, StreamWrite } from "@eventfold/store/adapter";
import { TcpProxy } from "@eventfold/testing/chaos";
import { Client, type Pool, type PoolClient } from "pg";
import { describe, expect, it, onTestFinished } from "vitest";
import { countingPool } from "../counting-pool.ts";
import { queryRows } from "../query-rows.ts";
import { testServer } from "../test-server.ts";

const server = await testServer();
const { connectionString } = server;
const GUARANTEES = ["log", "category", "stream"] as const;
let schemas = 0;
let ids = 0;

async function opened(options: Partial<PostgresEventStorageOptions> = {}) {
  schemas += 1;
  const schema = `tagged_${schemas}`;
  const adapter = await PostgresEventStorageAdapter.open({
    ...{ connectionString, schema, notifications: false },
    ...options,
  } as PostgresEventStorageOptions);
  onTestFinished(() => adapter.close());
  return { adapter, schema, store: new EventStore({ adapter }) };
}

interface Asked {
  readonly stream?: string;
  readonly events?: readonly Partial<PreparedEvent>[];
  readonly allowed?: StreamWrite["allowed"];
  readonly failIf?: FailIf;
}

function idOf(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
}

function requestOf({ stream = "s", events = [{}], allowed, failIf }: Asked): SaveRequest {
  const all = events.map((event) => {
    ids += 1;
    const own = {
      id: idOf(ids),
      name: "n",
      payload: "1",
      metadata: null,
      version: 1,
      observedAtMs: 0,
      occurredAtMs: 0,
    };
    return { ...own, tags: [], ...event };
  });
  return { writes: [{ category: "c", stream, events: all, allowed }], failIf };
}

const EMPTY = { positions: [-1], complement: false };
const ifTagged = (tag: string, after = 0): FailIf => ({ items: [{ tags: [tag] }], after });

/** Has a publish written by each of the functions that can: alone, with another of its stream, and in a flush with others. */
const WAYS: readonly (readonly [
  string,
  (adapter: PostgresEventStorageAdapter, asked: Asked) => Promise<SaveResult>,
])[] = [
  ["alone", ({ storage }, asked) => storage.save(requestOf(asked))],
  [
    "with a check of another stream",
    async ({ storage }, asked) => {
      const { writes, failIf } = requestOf(asked);
      const check = { category: "c", stream: "nobody's", events: [], allowed: EMPTY };
      const result = await storage.save({ writes: [...writes, check], failIf });
      return "events" in result ? { ...result, events: result.events.slice(0, 1) } : result;
    },
  ],
  [
    "among others",
    async ({ storage }, asked) => {
      ids += 1;
      const before = storage.save(requestOf({ stream: `before-${ids}`, events: [{ tags: ["bystander"] }] }));
      const saves = [
        storage.save(requestOf({ stream: `a-${ids}`, events: [{ tags: ["bystander"] }, {}] })),
        storage.save(requestOf(asked)),
        storage.save(requestOf({ stream: `b-${ids}` })),
      ];
      const [, result] = (await Promise.all([before, ...saves].slice(1))) as [SaveResult, SaveResult];
      expect((await before).kind).toBe("stored");
      return result;
    },
  ],
];

describe.each(WAYS)("a publish that is written %s", (_, save) => {
  it("is judged in the order of the contract: repeat, duplicate, unmet, matched", async () => {
    const { adapter } = await opened();
    const first = await save(adapter, { events: [{ id: idOf(1_000_001), tags: ["a", "b"] }], failIf: ifTagged("a") });
    expect(first).toMatchObject({ kind: "stored", events: [[{ position: 0, tags: ["a", "b"] }]] });
    const number = first.kind === "stored" ? (first.events[0]?.[0]?.sequenceNumber ?? 0) : 0;
    const id = idOf(1_000_001);
    const all = { allowed: EMPTY, failIf: ifTagged("a") };
    expect(await save(adapter, { ...all, events: [{ id, tags: ["c"] }] })).toMatchObject({
      kind: "repeat",
      events: [[{ id, tags: ["a", "b"] }]],
    });
    expect(await save(adapter, { ...all, stream: "t", events: [{ id }] })).toEqual({ kind: "duplicate", ids: [id] });
    expect(await save(adapter, all)).toEqual({ kind: "unmet", unmet: [{ write: 0, latestPosition: 0 }] });
    expect(await save(adapter, { failIf: ifTagged("b") })).toEqual({ kind: "matched", sequenceNumber: number });
    expect(await save(adapter, { failIf: ifTagged("b", number) })).toMatchObject({ kind: "stored" });
  });

  it("is refused with what no client sends, and nothing of it is stored", async () => {
    const { adapter, schema, store } = await opened();
    for (const tags of [
      [""],
      ["ok", "a\u001fb"],
      ["\u0085"],
      ["x".repeat(256)],
      Array.from({ length: 101 }, (_each, n) => `t${n}`),
    ]) {
      const before = (await store.log().read()).length;
      const outcome = save(adapter, { stream: `odd-${ids}`, events: [{ tags }] });
      await expect(outcome).rejects.toMatchObject({ code: "STORAGE_FAILED", cause: { code: "22023" } });
      const stored = await store.log().read();
      expect(stored.slice(before).every(({ stream }) => /^(a|b|before)-/.test(stream))).toBe(true);
    }
    const rows = await queryRows(connectionString, `select distinct tag from ${schema}.events_tags`);
    expect(rows.filter((tag) => tag !== "bystander")).toEqual([]);
  });

  it("keeps tags at their limits", async () => {
    const { adapter, store } = await opened();
    const tags = Array.from(
      { length: 100 },
      (_each, n) => `${n}`.padEnd(255, "𝄞".repeat(255)).slice(0, 1) + "𝄞".repeat(250) + n,
    );
    await save(adapter, { events: [{ tags }] });
    expect((await store.stream({ category: "c", stream: "s" }).latest())?.tags).toEqual(tags);
  });
});

describe.each<OrderingGuarantee>(GUARANTEES)('under "%s"', (orderingGuarantee) => {
  it("a bad publish with tags in a full flush fails alone, and conditions are judged all the same", async () => {
    const { adapter, store } = await opened({ orderingGuarantee });
    const saves = Array.from({ length: 50 }, (_, n) =>
      adapter.storage.save(
        requestOf({
          stream: `s${n}`,
          events: [{ tags: [`t:${n}`], payload: n === 23 ? "{" : "1" }],
          failIf: ifTagged(n % 10 === 9 ? `t:${n - 1}` : `t:${n}`),
        }),
      ),
    );
    const kinds = (await Promise.allSettled(saves)).map((outcome) =>
      outcome.status === "fulfilled" ? outcome.value.kind : outcome.reason.code,
    );
    expect(kinds).toEqual(
      Array.from({ length: 50 }, (_, n) => (n === 23 ? "STORAGE_FAILED" : n % 10 === 9 ? "matched" : "stored")),
    );
    expect(await store.log().read()).toHaveLength(44);
  });

  it("a transaction of the caller's holds its condition until it ends, and takes its tags with it", async () => {
    const { adapter, store } = await opened({ orderingGuarantee });
    const client = new Client({ connectionString });
    await client.connect();
    for (const [end, found] of [
      ["rollback", 0],
      ["commit", 1],
    ] as const) {
      await client.query("begin");
      const within = store.within(adapter.using(client));
      const boundary = await within.boundary(taggedWith("a"));
      await within.publish([{ category: "c", stream: end, events: [{ name: "n", payload: 1, tags: ["a"] }] }], {
        failIf: boundary.changed,
      });
      const rival = store
        .stream({ category: "d", stream: end })
        .publish({ events: [{ name: "n", payload: 2, tags: ["b"] }], failIf: taggedWith("a") });
      const outcome = rival.then(
        () => "stored",
        (error: { readonly code: string }) => error.code,
      );
      await client.query(end);
      expect(await outcome).toBe(end === "commit" ? "EVENTS_MATCHED" : "stored");
      expect(await store.log().read({ constraints: [taggedWith("a")] })).toHaveLength(found);
    }
    await client.end();
  });
});

describe.each<OrderingGuarantee>(["log", "stream"])(
  'of more bytes than a statement has, under "%s",',
  (orderingGuarantee) => {
    it("a publish keeps its tags, and is refused as a whole for an event that matches", async () => {
      const { adapter, store } = await opened({ orderingGuarantee });
      const text = JSON.stringify("x".repeat(3 * 1024 * 1024));
      const events = Array.from({ length: 12 }, (_, n) => ({ payload: text, tags: ["large", `n:${n}`] }));
      const stored = await adapter.storage.save(requestOf({ stream: "l", events, failIf: ifTagged("large") }));
      expect(stored.kind).toBe("stored");
      expect(await adapter.storage.save(requestOf({ stream: "m", events, failIf: ifTagged("large") }))).toMatchObject({
        kind: "matched",
      });
      const found = await store.log().read({ constraints: [taggedWith("n:7", "large")] });
      expect(found).toMatchObject([{ stream: "l", position: 7, tags: ["large", "n:7"] }]);
      expect(await store.category("c").read()).toHaveLength(12);
    });
  },
);

describe("a publish whose reply is lost", () => {
  it.each([
    ["for an empty stream", { condition: streamIsEmpty() }],
    ["with a condition that its own events match", { failIf: taggedWith("own") }],
  ])("%s is stored once, with its tags, and is not refused for itself", async (_, options) => {
    const { proxy, connectionString: proxied } = await TcpProxy.start(connectionString);
    onTestFinished(() => proxy.stop());
    for (let round = 0; round < 10; round += 1) {
      const { adapter, store } = await opened({ connectionString: proxied });
      let isSent = false;
      let isLost = false;
      proxy.toServer = (bytes) => {
        isSent ||= bytes.includes("student:");
        return "pass";
      };
      proxy.toClient = () => {
        if (!isSent || isLost) return "pass";
        isLost = true;
        return "cut";
      };
      const events = [
        newEvent({ name: "n", payload: 1, tags: ["own", "student:1"] }),
        ...(round % 2 === 0 ? [] : [newEvent({ name: "n", payload: 2, tags: ["student:2"] })]),
      ];
      const published = await store.stream({ category: "c", stream: "s" }).publish({ events, ...options });
      proxy.restore();
      expect(isLost).toBe(true);
      expect(published.map(({ tags }) => tags)).toEqual(events.map(({ tags }) => tags));
      expect(await store.log().read()).toEqual([...published]);
      await adapter.close();
    }
  });
});

it("publishes that were only judged are stored after all where what they were to be refused for is gone", async () => {
  schemas += 1;
  const schema = `tagged_${schemas}`;
  const { pool, count, reset } = countingPool(connectionString);
  // As after a failover to a standby that did not have them: what was stored is gone before its reply arrives.
  let isLost = false;
  pool.on("connect", (client: PoolClient) => {
    const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>;
    const losing = async (...args: unknown[]): Promise<unknown> => {
      const result = await query(...args);
      const text = (args[0] as { readonly text?: string }).text ?? "";
      if (text.includes("_append") && !isLost) {
        isLost = true;
        await queryRows(connectionString, `truncate ${schema}.events, ${schema}.events_tags`);
      }
      return result;
    };
    Object.assign(client, { query: losing });
  });
  const adapter = await PostgresEventStorageAdapter.open({ pool: pool as Pool, schema, notifications: false });
  const store = new EventStore({ adapter });
  reset();
  const rivals = Array.from({ length: 8 }, (_, n) =>
    store
      .stream({ category: "c", stream: `s${n}` })
      .publish({ events: [{ name: "n", payload: n, tags: ["seat"] }], failIf: taggedWith("seat") }),
  );
  const outcomes = await Promise.allSettled(rivals);
  const stored = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? outcome.value : []));
  expect(stored).toHaveLength(2); // the one that was lost, and one of those that it stood in the way of
  expect((await store.log().read()).map(({ payload }) => payload)).toEqual([stored[1]?.payload]);
  expect(count("_append")).toBe(4);
  await adapter.close();
  await pool.end();
});

it("a trigger that keeps tags from being stored makes the publish fail, however it is written", async () => {
  for (const [, save] of WAYS) {
    const { adapter, schema, store } = await opened();
    await queryRows(
      connectionString,
      `create function ${schema}.skip() returns trigger language plpgsql as $$ begin return null; end $$;
       create trigger skip before insert on ${schema}.events_tags for each row when (new.tag = 'skipped')
       execute function ${schema}.skip()`,
    );
    for (const allowed of [undefined, EMPTY]) {
      const outcome = save(adapter, { events: [{ tags: ["kept", "skipped"] }], allowed });
      await expect(outcome).rejects.toMatchObject({ code: "STORAGE_FAILED", cause: { code: "23000" } });
    }
    expect(await store.stream({ category: "c", stream: "s" }).read()).toEqual([]);
  }
});
