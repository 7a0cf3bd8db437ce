import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import type { EventQueryItem, ScanBounds } from "@eventfold/store/adapter";
import { categoryIdentifier, logIdentifier, type SourceIdentifier } from "@eventfold/types";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Statement } from "../../src/connection/statement.ts";
import { logNames } from "../../src/naming/log-names.ts";
import { pageStatement } from "../../src/reading/page-query.ts";
import { appendOneTagged } from "../../src/writing/append-one-tagged.ts";
import { appendTagged } from "../../src/writing/append-tagged.ts";
import { queryRows } from "../query-rows.ts";
import { testServer } from "../test-server.ts";

// Flat means: what is read depends on the events that are found, not on how many there are. What is read are blocks, counted by the
// server, in one session, which planned everything while the tables were empty.

const { connectionString } = await testServer();
const names = logNames({});
const EVENTS = process.env.EVENTFOLD_SOAK ? 1_000_000 : 60_000;
const RARE = 10; // events, evenly over the log
const PAGE = 1_000;
let client: Client;

interface Reading {
  readonly title: string;
  readonly items: readonly EventQueryItem[];
  readonly source?: SourceIdentifier;
  readonly direction?: "forwards" | "backwards";
  readonly bounds?: ScanBounds;
  /** How many events it finds. Default: {@link RARE}. */
  readonly found?: number;
}

/** Each finds the events with the tag "rare", or some of them. */
const READINGS: readonly Reading[] = [
  { title: "a rare tag", items: [{ tags: ["rare"] }] },
  { title: "two tags and a name, the second tag common", items: [{ names: ["n1"], tags: ["rare", "common"] }] },
  { title: "two tags and a name, the first tag common", items: [{ names: ["n1"], tags: ["common", "rare"] }] },
  { title: "three tags, two of them common", items: [{ tags: ["common", "odd", "rare"] }] },
  { title: "a common tag and one that nobody has", items: [{ tags: ["common", "none"] }], found: 0 },
  { title: "the same backwards", items: [{ names: ["n1"], tags: ["common", "rare"] }], direction: "backwards" },
  {
    title: "several items",
    items: [{ tags: ["common", "rare"] }, { names: ["n1"], tags: ["rare"] }, { tags: ["none"] }],
  },
  { title: "two tags in a common category", items: [{ tags: ["common", "rare"] }], source: categoryIdentifier("c1") },
  {
    title: "two common tags in a rare category",
    items: [{ tags: ["common", "odd"] }],
    source: categoryIdentifier("few"),
  },
  { title: "a name in a rare category", items: [{ names: ["n1"] }], source: categoryIdentifier("few") },
  {
    title: "a name in a rare category, backwards",
    items: [{ names: ["n1"] }],
    ...{ source: categoryIdentifier("few"), direction: "backwards" },
  },
];

function statementOf({ items, source = logIdentifier(), direction = "forwards", bounds }: Reading): Statement {
  return pageStatement(names, { source, direction, size: PAGE, bounds: { ...bounds, matching: items } });
}

/** Publishes with a condition that nothing matches, although its tags are common. */
function publishes(after: number): readonly (readonly [title: string, statement: Statement])[] {
  const event = { payload: "{}", metadata: null, version: 1, observedAtMs: 0, occurredAtMs: 0, name: "n1" };
  const publish = (stream: string, tags: readonly string[]) => ({
    writes: [{ category: "c1", stream, allowed: undefined, events: [{ ...event, tags, id: crypto.randomUUID() }] }],
    failIf: { after, items: [{ tags: ["common", "odd", "none"] }, { names: ["n1"], tags: ["none"] }] },
  });
  const options = { lockTimeoutMs: 1_000, notify: false };
  const two = [publish("new-1", ["common", "x"]), publish("new-2", ["odd"])];
  return [
    ["one publish", appendOneTagged.statement(names, [publish("new", ["common", "x"])], options)],
    ["two publishes", appendTagged.statement(names, two, options)],
  ];
}

/** How many blocks a statement looks at, in everything that it runs. Nothing of it is kept. */
async function blocksOf({ text, values }: Statement): Promise<number> {
  await client.query("begin");
  const { rows } = await client.query(`explain (analyze, buffers, costs off, timing off, format json) ${text}`, [
    ...values,
  ]);
  await client.query("rollback");
  const { Plan } = rows[0]["QUERY PLAN"][0];
  return Plan["Shared Hit Blocks"] + Plan["Shared Read Blocks"];
}

beforeAll(async () => {
  const adapter = await PostgresEventStorageAdapter.open({ connectionString });
  await adapter.close();
  client = new Client({ connectionString });
  await client.connect();
  await client.query("vacuum eventfold.events, eventfold.events_tags"); // from now on the planner knows that they are empty
  for (let n = 0; n < 8; n += 1) {
    for (const reading of READINGS) await blocksOf(statementOf(reading));
    for (const [, statement] of publishes(0)) await blocksOf(statement);
  }
  const fill = `with event as (
      insert into eventfold.events (id, category, stream, position, name, version, size, observed_at, occurred_at, payload, tags)
      select gen_random_uuid(), case when n % ${EVENTS / RARE} = 7 then 'few' else 'c1' end, 's' || n, 0, 'n' || n % 2, 1, 200, now(), now(),
             json_build_object('text', repeat('x', 180)),
             array_remove(array['common', case when n % 2 = 1 then 'odd' end, case when n % ${EVENTS / RARE} = 11 then 'rare' end], null)
        from generate_series(1, ${EVENTS}) n returning sequence_number, name, tags
    ) insert into eventfold.events_tags select t, sequence_number, name from event, unnest(tags) t`;
  await queryRows(connectionString, fill);
  await queryRows(connectionString, "vacuum eventfold.events_tags"); // no statistics: the plans stay those of empty tables
});
afterAll(() => client.end());

// A descent of each of the two indexes of an event, its block, and what it takes to choose the list.
function fewBlocks(events: number, items = 1): number {
  return 80 * items + 5 * events;
}

describe(`among ${EVENTS} events, with the plans of empty tables`, () => {
  it.each(READINGS)("finding the events with $title looks at a few blocks for each", async (reading) => {
    const { found = RARE, items } = reading;
    const { text, values } = statementOf(reading);
    expect((await client.query(text, [...values])).rows).toHaveLength(found);
    expect(await blocksOf({ text, values })).toBeLessThanOrEqual(fewBlocks(found, items.length));
  });

  it("finding the newest events with a common tag, from a number on, looks at a few blocks for each", async () => {
    const [newest] = await queryRows(connectionString, "select max(sequence_number) from eventfold.events");
    const bounds = { sequenceNumberAfter: Number(newest) - 2 * RARE };
    const statement = statementOf({ title: "", items: [{ names: ["n1"], tags: ["common", "odd"] }], bounds });
    expect((await client.query(statement.text, [...statement.values])).rows).toHaveLength(RARE);
    expect(await blocksOf(statement)).toBeLessThanOrEqual(fewBlocks(RARE));
  });

  it("finding a page of the events with two common tags looks at a few blocks for each", async () => {
    const statement = statementOf({ title: "", items: [{ tags: ["common", "odd"] }] });
    expect((await client.query(statement.text, [...statement.values])).rows).toHaveLength(PAGE);
    expect(await blocksOf(statement)).toBeLessThanOrEqual(fewBlocks(PAGE));
  });

  it("judging a condition looks at a few blocks, however common its tags are", async () => {
    for (const [title, statement] of publishes(0)) {
      expect(await blocksOf(statement), title).toBeLessThanOrEqual(fewBlocks(RARE));
    }
  });
});
