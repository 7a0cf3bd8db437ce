import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { logIdentifier } from "@eventfold/types";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Statement } from "../src/connection/statement.ts";
import { logNames } from "../src/naming/log-names.ts";
import { categoriesStatement, streamsStatement } from "../src/reading/listing-query.ts";
import { newsStatement } from "../src/reading/news-query.ts";
import {
  eventByIdStatement,
  latestNumberStatement,
  latestStatement,
  pageStatement,
} from "../src/reading/page-query.ts";
import type { PageRequest } from "../src/reading/page-request.ts";
import { testServer } from "./test-server.ts";

const server = await testServer();
const names = logNames({});
let client: Client;

beforeAll(async () => {
  const adapter = await PostgresEventStorageAdapter.open({ connectionString: server.connectionString });
  await adapter.close();
  client = new Client({ connectionString: server.connectionString });
  await client.connect();
  await client.query("alter table eventfold.events set (autovacuum_enabled = off)"); // or plans depended on when it came by
  await client.query(`insert into eventfold.events (id, category, stream, position, name, version, size, observed_at, occurred_at, payload)
    select gen_random_uuid(), 'c' || n % 10, 's' || n / 100, n % 100, 'n', 1, 2, now(), now(), '{}' from generate_series(0, 49999) n`);
  await client.query("analyze eventfold.events");
});
afterAll(() => client.end());

interface Plan {
  readonly "Node Type": string;
  readonly "Index Name"?: string;
  readonly Plans?: readonly Plan[];
}

function nodes(plan: Plan): readonly Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodes)];
}

/** The plan that the server keeps for a prepared statement: without the values, as it will be used from the sixth time on. */
async function planOf({ text, values }: Statement): Promise<readonly Plan[]> {
  if (/_category_page|_news/.test(text)) return planWithin({ text, values });
  await client.query("set plan_cache_mode = force_generic_plan");
  await client.query(`prepare examined as ${text}`);
  try {
    const literals = values.map((value) =>
      Array.isArray(value) ? client.escapeLiteral(`{${value.join(",")}}`) : client.escapeLiteral(String(value)),
    );
    const given = literals.length === 0 ? "" : `(${literals.join(",")})`;
    const { rows } = await client.query(`explain (format json) execute examined${given}`);
    return nodes(rows[0]["QUERY PLAN"][0].Plan);
  } finally {
    await client.query("deallocate examined");
  }
}

/** The plans of what functions run, as the server logs them. */
async function planWithin({ text, values }: Statement): Promise<readonly Plan[]> {
  const logged: string[] = [];
  const onNotice = ({ message = "" }) => logged.push(message);
  client.on("notice", onNotice);
  await client.query(`load 'auto_explain'; set auto_explain.log_min_duration = 0; set auto_explain.log_format = 'json';
    set auto_explain.log_nested_statements = on; set auto_explain.log_level = 'notice'; set client_min_messages = 'notice'`);
  await client.query(text, [...values]);
  await client.query("set auto_explain.log_min_duration = -1");
  client.off("notice", onNotice);
  return logged
    .map((message) => JSON.parse(message.slice(message.indexOf("{"))) as { readonly Plan: Plan })
    .flatMap(({ Plan }) => nodes(Plan))
    .filter((node) => node["Node Type"] !== "Function Scan");
}

function indexesOf(plan: readonly Plan[]): readonly string[] {
  return [...new Set(plan.flatMap((node) => node["Index Name"] ?? []))];
}

const category = { kind: "category", category: "c3" } as const;
const stream = { kind: "stream", category: "c3", stream: "s7" } as const;
const page: PageRequest = { source: logIdentifier(), bounds: {}, direction: "forwards", size: 1_000 };

describe("the plans", () => {
  it.each<[string, Statement, string]>([
    ["the log", pageStatement(names, page), "events_pkey"],
    [
      "the log from a number on",
      pageStatement(names, { ...page, bounds: { sequenceNumberAfter: 40_000 } }),
      "events_pkey",
    ],
    ["the log backwards", pageStatement(names, { ...page, direction: "backwards" }), "events_pkey"],
    ["a category", pageStatement(names, { ...page, source: category }), "events_category_index"],
    [
      "a category backwards, by name and time",
      pageStatement(names, {
        ...{ ...page, source: category, direction: "backwards" },
        bounds: { sequenceNumberBefore: 9_000, names: ["n"], occurredAfterMs: 5 },
      }),
      "events_category_index",
    ],
    ["a stream", pageStatement(names, { ...page, source: stream }), "events_position_key"],
    [
      "a stream from a position on",
      pageStatement(names, { ...page, source: stream, bounds: { positionAfter: 5, positionBefore: 50 } }),
      "events_position_key",
    ],
    [
      "a stream from a sequence number on",
      pageStatement(names, {
        ...page,
        source: stream,
        bounds: { sequenceNumberAfter: 790, sequenceNumberBefore: 795 },
      }),
      "events_position_key",
    ],
    ["the latest event of the log", latestStatement(names, logIdentifier(), undefined), "events_pkey"],
    ["the latest event of a category", latestStatement(names, category, 40_000), "events_category_index"],
    ["the latest event of a stream", latestStatement(names, stream, undefined), "events_position_key"],
    ["the newest number of a category", latestNumberStatement(names, category), "events_category_index"],
    ["the newest number of a stream", latestNumberStatement(names, stream), "events_position_key"],
    ["an event by id", eventByIdStatement(names, "01234567-89ab-4def-8123-456789abcdef"), "events_id_key"],
  ])("read %s by one index, in its order", async (_, statement, index) => {
    const plan = await planOf(statement);
    expect(indexesOf(plan)).toEqual([index]);
    expect(plan.map((node) => node["Node Type"]).filter((type) => /Seq Scan|Sort|Bitmap/.test(type))).toEqual([]);
  });

  it("tell what is new of each source by the index that has its order", async () => {
    const sources = [logIdentifier(), category, stream];
    const plan = await planOf(
      newsStatement(
        names,
        sources.map((source) => ({ source, after: 40_000 })),
      ),
    );
    expect(indexesOf(plan).toSorted()).toEqual(["events_category_index", "events_pkey", "events_position_key"]);
    expect(plan.map((node) => node["Node Type"]).filter((type) => /Seq Scan|Sort|Bitmap/.test(type))).toEqual([]);
  });

  it.each<[string, Statement]>([
    ["categories", categoriesStatement(names, { after: "", size: 1_000 })],
    ["streams", streamsStatement(names, "c3", { after: "", size: 1_000 })],
  ])("list %s by descents of an index, not by reading the log", async (_, statement) => {
    const plan = await planOf(statement);
    expect(plan.some((node) => node["Node Type"] === "Seq Scan")).toBe(false);
    const { rows } = await client.query(`explain (analyze, format json) ${inlined(statement)}`);
    const read = nodes(rows[0]["QUERY PLAN"][0].Plan)
      .filter((node) => node["Index Name"] !== undefined)
      .map((node) => Number((node as never)["Actual Rows"]) * Number((node as never)["Actual Loops"]));
    expect(Math.max(...read)).toBeLessThanOrEqual(600);
  });
});

function inlined({ text, values }: Statement): string {
  return text.replace(/\$(\d+)/g, (_, number: string) => client.escapeLiteral(String(values[Number(number) - 1])));
}
