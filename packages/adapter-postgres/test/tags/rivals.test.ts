import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { type EventQuery, EventStore, eventsMatch, type OrderingGuarantee, taggedWith } from "@eventfold/store";
import { type EventQueryItem, matchesAny, type SaveRequest } from "@eventfold/store/adapter";
import { Pool, type PoolClient } from "pg";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { countingPool } from "../counting-pool.ts";
import { queryRows } from "../query-rows.ts";
import { testServer } from "../test-server.ts";

const { connectionString } = await testServer();
const isSoak = process.env.EVENTFOLD_SOAK !== undefined;
const RIVALS = 16;
let schemas = 0;

function newSchema(): string {
  schemas += 1;
  return `rivals_${schemas}`;
}

/** As many adapters as rivals, each with a connection of its own and without group commit between them: the server alone decides. */
async function rivalsOn(orderingGuarantee: OrderingGuarantee) {
  const schema = newSchema();
  const pool = new Pool({ connectionString, max: RIVALS + 1 });
  const deadlocks = countFailures(pool, "40P01");
  const options = { pool, schema, orderingGuarantee, notifications: false };
  const first = await PostgresEventStorageAdapter.open(options);
  const others = Array.from({ length: RIVALS - 1 }, () => PostgresEventStorageAdapter.open(options));
  const adapters = [first, ...(await Promise.all(others))];
  const close = async (): Promise<void> => {
    await Promise.all(adapters.map((adapter) => adapter.close()));
    await pool.end();
  };
  return { schema, adapters, deadlocks, close };
}

/** Counts the statements on a pool that fail with an SQLSTATE, which the adapter would repeat without a word. */
function countFailures(pool: Pool, sqlstate: string): () => number {
  let count = 0;
  pool.on("connect", (client: PoolClient) => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    const watched = (...args: unknown[]): unknown => {
      const result = query(...args);
      if (result instanceof Promise) {
        result.catch((error: { readonly code?: unknown }) => {
          if (error.code === sqlstate) count += 1;
        });
      }
      return result;
    };
    Object.assign(client, { query: watched });
  });
  return () => count;
}

interface Move {
  readonly name?: string;
  readonly tags?: readonly string[];
  readonly items: readonly EventQueryItem[];
  /** The stream of all rivals, instead of one for each. */
  readonly stream?: string;
  readonly events?: number;
}

const RING = ["ab", "bc", "ca"] as const;

interface Race {
  readonly title: string;
  /** What each rival does in a round, which has a text of its own. */
  readonly move: (round: string, rival: number) => Move;
  readonly winners: number;
}

const RACES: readonly [Race, ...Race[]] = [
  {
    title: "one tag",
    move: (round, rival) => ({ tags: [round, `s:${rival}`], items: [{ tags: [round], names: ["e"] }] }),
    winners: 1,
  },
  {
    title: "two tags, one of which each writes",
    move: (round, rival) => ({
      tags: [`${rival % 2 === 0 ? "x" : "y"}:${round}`],
      items: [{ tags: [`x:${round}`] }, { tags: [`y:${round}`] }],
    }),
    winners: 1,
  },
  {
    title: "two of three tags, in a ring",
    move: (round, rival) => ({
      tags: ["a", "b", "c"].map((tag) => `${tag}:${round}`),
      items: [{ tags: [...(RING[rival % 3] ?? "")].map((tag) => `${tag}:${round}`) }],
      events: 1 + (rival % 3),
    }),
    winners: 1,
  },
  { title: "a name", move: (round) => ({ name: round, items: [{ names: [round] }] }), winners: 1 },
  {
    title: "a name or a tag",
    move: (round, rival) => ({
      ...{ name: round, tags: [round] },
      items: rival % 2 === 0 ? [{ names: [round] }] : [{ tags: [round] }],
    }),
    winners: 1,
  },
  {
    title: "a tag in one stream",
    move: (round) => ({ tags: [round], items: [{ tags: [round] }], stream: "one" }),
    winners: 1,
  },
  {
    title: "tags of their own",
    move: (round, rival) => ({ tags: [`${round} ${rival}`], items: [{ tags: [`${round} ${rival}`] }] }),
    winners: RIVALS,
  },
];

function requestOf({ name = "e", tags = [], items, stream, events = 1 }: Move, rival: number): SaveRequest {
  const event = { name, tags, payload: "1", metadata: null, version: 1, observedAtMs: 0, occurredAtMs: 0 };
  return {
    writes: [
      {
        ...{ category: stream ?? `c${rival % 5}`, stream: stream ?? `s${rival}`, allowed: undefined },
        events: Array.from({ length: events }, () => ({ ...event, id: crypto.randomUUID() })),
      },
    ],
    failIf: { items, after: 0 },
  };
}

interface Winner {
  readonly number: number;
  readonly move: Move;
}

/** Runs one round, and returns those that were stored, in the order of the log. */
async function raced(
  adapters: readonly PostgresEventStorageAdapter[],
  moveOf: (rival: number) => Move,
): Promise<readonly Winner[]> {
  const saves = adapters.map(async ({ storage }, rival): Promise<Winner | undefined> => {
    const move = moveOf(rival);
    const result = await storage.save(requestOf(move, rival));
    if (result.kind !== "stored") expect(result.kind).toBe("matched");
    return result.kind === "stored" ? { move, number: result.events[0]?.[0]?.sequenceNumber ?? 0 } : undefined;
  });
  const winners = (await Promise.all(saves)).filter((winner) => winner !== undefined);
  return winners.toSorted((a, b) => a.number - b.number);
}

/** The winners that an earlier winner should have kept from being stored. */
function violations(winners: readonly Winner[]): readonly Winner[] {
  return winners.filter((winner, index) =>
    winners
      .slice(0, index)
      .some(({ move: { name = "e", tags = [] } }) => matchesAny(winner.move.items, { name, tags })),
  );
}

describe.each<OrderingGuarantee>(["log", "category", "stream"])(
  'sixteen rivals on their own connections under "%s"',
  (guarantee) => {
    let rivals: Awaited<ReturnType<typeof rivalsOn>>;
    beforeAll(async () => {
      rivals = await rivalsOn(guarantee);
    });
    afterAll(() => rivals.close());

    it.each(RACES)(
      "for $title: none overlooks another, and none waits in a circle",
      async ({ title, move, winners }) => {
        for (let n = 0; n < (isSoak ? 100 : 8); n += 1) {
          const stored = await raced(rivals.adapters, (rival) => move(`${title} ${n}`, rival));
          expect(stored).toHaveLength(winners);
          expect(violations(stored)).toEqual([]);
        }
        expect(rivals.deadlocks()).toBe(0);
      },
    );
  },
);

it("rivals overlook one another without the locks for tags", async () => {
  const { schema, adapters, close } = await rivalsOn("stream");
  onTestFinished(close);
  await queryRows(
    connectionString,
    `create or replace function ${schema}.events_order_tagged(
       w_category text[], w_stream text[], e_tags text[], c_tags text[], lock_timeout_ms integer) returns void language sql
       as $$ select ${schema}.events_order(w_category, w_stream, lock_timeout_ms) $$`,
  );
  const [{ move }] = RACES;
  let overlooked = 0;
  for (let n = 0; overlooked === 0; n += 1) {
    overlooked = violations(await raced(adapters, (rival) => move(`round ${n}`, rival))).length;
  }
  expect(overlooked).toBeGreaterThan(0);
});

describe.each<OrderingGuarantee>(["log", "category", "stream"])(
  '64 rivals of one process under "%s"',
  (orderingGuarantee) => {
    it.each<[string, EventQuery, string]>([
      ["one tag", taggedWith("seat"), "enrolled"],
      ["a name", eventsMatch({ names: ["enrolled"] }), "enrolled"],
    ])("for %s take at most three statements, and one is stored", async (_, failIf, name) => {
      const { pool, count, reset } = countingPool(connectionString);
      const adapter = await PostgresEventStorageAdapter.open({
        ...{ pool, schema: newSchema(), orderingGuarantee, notifications: false },
      });
      const store = new EventStore({ adapter });
      await store.stream({ category: "c", stream: "other" }).publish({ events: [{ name: "other", payload: 1 }] });
      reset();
      const publishes = Array.from({ length: 64 }, (_, n) =>
        store
          .stream({ category: "c", stream: `s${n}` })
          .publish({ events: [{ name, payload: n, tags: ["seat", `student:${n}`] }], failIf }),
      );
      const outcomes = await Promise.allSettled(publishes);
      expect(count("_append")).toBeLessThanOrEqual(3);
      expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      const reasons = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
      const [stored] = await store.log().read({ constraints: [failIf] });
      for (const reason of reasons) {
        expect(reason).toMatchObject({ code: "EVENTS_MATCHED", sequenceNumber: stored?.sequenceNumber });
      }
      await adapter.close();
      await pool.end();
    });
  },
);
