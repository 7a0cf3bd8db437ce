import { PostgresProjectionStorageAdapter } from "@eventfold/adapter-postgres/projections";
import {
  filter,
  keysetPage,
  pageOf,
  path,
  planSearch,
  type QueryDocument,
  type SearchQuery,
  sortBy,
} from "@eventfold/query";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Statement } from "../../src/connection/statement.ts";
import { projectionNames } from "../../src/projections/projection-names.ts";
import {
  loadManyStatement,
  loadStatement,
  locateStatement,
  searchStatements,
} from "../../src/projections/read-statements.ts";
import { removeStatement, saveStatement } from "../../src/projections/write-statements.ts";
import { testServer } from "../test-server.ts";
import { writeOf } from "./prepared.ts";

const server = await testServer();
const names = projectionNames({});
const indexes = [
  { projection: "account", path: "state.balance" },
  { projection: "account", path: path("state", "owner", "it's a \\ city") },
  { projection: "account", path: "state.tags.0" },
];
const scope = { name: "account", projectorVersion: undefined };
let client: Client;
let adapter: PostgresProjectionStorageAdapter;

beforeAll(async () => {
  adapter = await PostgresProjectionStorageAdapter.open({ connectionString: server.connectionString, indexes });
  client = new Client({ connectionString: server.connectionString });
  await client.connect();
  await client.query("alter table eventfold.projections set (autovacuum_enabled = off)"); // or plans depended on when it came by
  // Half of the accounts have no balance; two thirds of the rest share one.
  await client.query(`insert into eventfold.projections
      (name, projector_version, id, source, state, state_text, metadata, metadata_text, last_sequence_number, is_removed)
    select name, version, id, source, state, state::text, 'null', 'null', n, false from (
    select case when n % 10 = 0 then 'order' else 'account' end, 1 + n % 2, 'id-' || n,
           jsonb_build_object('kind', 'stream', 'category', 'accounts', 'stream', 's-' || n),
           case when n % 4 < 2 then '{}' else jsonb_build_object('balance', case when n % 3 = 0 then n else 7 end) end
           || jsonb_build_object('owner', jsonb_build_object('it''s a \\ city', 'city-' || n % 5000), 'tags', jsonb_build_array('t-' || n % 3000)),
           n from generate_series(1, 60000) n) of_each (name, version, id, source, state, n)`);
  await client.query("insert into eventfold.projections_versions values ('account', 1), ('order', 2)");
  await client.query("analyze");
});
afterAll(async () => {
  await client.end();
  await adapter.close();
});

interface Plan {
  readonly "Node Type": string;
  readonly "Index Name"?: string;
  readonly "Relation Name"?: string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly "Rows Removed by Index Recheck"?: number;
  readonly Plans?: readonly Plan[];
}

function nodes(plan: Plan): readonly Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodes)];
}

async function planOf({ text, values }: Statement): Promise<readonly Plan[]> {
  const { rows } = await client.query(`explain (analyze, timing off, format json) ${text}`, [...values]);
  return nodes(rows[0]["QUERY PLAN"][0].Plan);
}

/** How many rows of the projections a plan looks at, kept or not. */
function visited(plan: readonly Plan[]): number {
  return plan
    .filter((node) => node["Relation Name"] === "projections")
    .map((node) => {
      const removed = (node["Rows Removed by Filter"] ?? 0) + (node["Rows Removed by Index Recheck"] ?? 0);
      return (node["Actual Rows"] + removed) * node["Actual Loops"];
    })
    .reduce((sum, rows) => sum + rows, 0);
}

async function searchPlan(query: SearchQuery<never>): Promise<readonly Plan[]> {
  const filters = [filter("name", "equal", "account"), ...(query.filters ?? [])];
  return planOf(searchStatements(names, { ...scope, plan: planSearch({ ...query, filters }) }).byKey);
}

/** The cursor after a number of rows. */
async function cursorAfter(query: SearchQuery<never>, size: number) {
  const filters = [filter("name", "equal", "account"), ...(query.filters ?? [])];
  const plan = planSearch({ ...query, filters, paging: keysetPage({ size }) });
  return pageOf(plan, (await adapter.storage.search({ ...scope, plan })) as readonly QueryDocument[]);
}

describe("an index on a path", () => {
  it.each([
    ["equality", filter("state.balance", "equal", 33), 10],
    ["a range of numbers", filter("state.balance", "greater_than", 59_900), 60],
    ["a list", filter("state.tags.0", "in", ["t-77", "t-78"]), 40],
    ["a name in need of quoting", filter(path("state", "owner", "it's a \\ city"), "equal", "city-77"), 20],
    ["a beginning", filter(path("state", "owner", "it's a \\ city"), "starts_with", "city-77"), 100],
    ["an element", filter("state.tags.0", "equal", "t-77"), 20],
  ] as const)("serves a filter by %s", async (_, clause, most) => {
    const plan = await searchPlan({ filters: [clause as never], paging: keysetPage({ size: 20 }) });
    expect(plan.some((node) => node["Index Name"]?.startsWith("projections_path_"))).toBe(true);
    expect(visited(plan)).toBeLessThan(most);
  });

  const orders = (["asc", "desc"] as const).flatMap((direction) =>
    (["first", "last"] as const).map((nulls) => ({ direction, nulls })),
  );

  it.each(orders)("serves a sort $direction, nulls $nulls, and its keyset pages", async ({ direction, nulls }) => {
    const query: SearchQuery<never> = { sort: [sortBy("state.balance" as never, direction, { nulls })] };
    expect(visited(await searchPlan({ ...query, paging: keysetPage({ size: 20 }) }))).toBeLessThan(50);
    for (const rows of [1, 300, 900]) {
      const { next } = await cursorAfter(query, rows);
      const forwards = await searchPlan({ ...query, paging: keysetPage({ size: 20, after: next }) });
      expect(visited(forwards)).toBeLessThan(50);
      const backwards = await searchPlan({ ...query, paging: keysetPage({ size: 20, before: next }) });
      expect(visited(backwards)).toBeLessThan(50);
    }
  });

  it("serves a keyset page among rows that tie", async () => {
    const query: SearchQuery<never> = {
      filters: [filter("state.balance", "equal", 7) as never],
      sort: [sortBy("state.balance" as never, "desc")],
    };
    const { next } = await cursorAfter(query, 900);
    expect(visited(await searchPlan({ ...query, paging: keysetPage({ size: 20, after: next }) }))).toBeLessThan(50);
  });
});

/** How many pages a statement touches, those in what functions run included; the second time, when all plans are made. */
async function pagesOf({ text, values }: Statement): Promise<number> {
  for (const options of ["", ", buffers"]) {
    const { rows } = await client.query(`explain (analyze${options}, timing off, format json) ${text}`, [...values]);
    const plan = rows[0]["QUERY PLAN"][0].Plan;
    if (options !== "") return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"];
  }
  return Number.NaN;
}

describe("writing", () => {
  it("deletes one projection of every version without looking at all", async () => {
    const request = { name: "account", projectorVersion: undefined, id: "id-77" };
    expect(await pagesOf(removeStatement(request, { names, lockTimeoutMs: 1_000 }))).toBeLessThan(100);
  });

  it("saves by the primary key into a table without statistics, with plans made while it was empty", async () => {
    const location = { schema: "fresh", projectionsTable: "views" };
    const fresh = await PostgresProjectionStorageAdapter.open({
      connectionString: server.connectionString,
      ...{ ...location, indexes },
    });
    await fresh.close();
    await client.query("alter table fresh.views set (autovacuum_enabled = off)");
    const options = { names: projectionNames(location), lockTimeoutMs: 1_000 };
    const saving = (first: number) =>
      saveStatement({ writes: Array.from({ length: 500 }, (_, n) => writeOf(accountOf(first + n))) }, options);
    for (let first = 0; first < 5_000; first += 500) {
      const { text, values } = saving(first);
      await client.query(text, [...values]);
    }
    // Some 25 pages a row are touched by writing it and its entries in five indexes; a pass over the name would touch 300 more.
    expect(await pagesOf(saving(0))).toBeLessThan(500 * 100);
  });
});

describe("loading many", () => {
  it("goes by the primary key, with plans made while the table was small", async () => {
    const location = { schema: "small", projectionsTable: "views" };
    const small = await PostgresProjectionStorageAdapter.open({
      connectionString: server.connectionString,
      ...location,
    });
    await small.close();
    await client.query("alter table small.views set (autovacuum_enabled = off)");
    const options = { names: projectionNames(location), lockTimeoutMs: 1_000 };
    const save = async (first: number, count: number) => {
      const writes = Array.from({ length: count }, (_, n) => writeOf(accountOf(first + n)));
      const { text, values } = saveStatement({ writes }, options);
      await client.query(text, [...values]);
    };
    const ids = Array.from({ length: 100 }, (_, n) => `id-${n * 50}`);
    const loading = loadManyStatement(options.names, { ...scope, ids });
    await save(0, 10);
    await client.query("vacuum analyze small.views");
    for (let times = 0; times < 6; times += 1)
      await client.query({ ...loading, values: [...loading.values], name: "many" });
    for (let first = 10; first < 5_000; first += 998) await save(first, 998);
    const { rows } = await client.query({ ...loading, values: [...loading.values], name: "many" });
    expect(rows).toHaveLength(100);
    // Some 3 pages a row; a pass over the name for each would touch more than 20,000.
    expect(await pagesOf(loading)).toBeLessThan(100 * 10);
  });
});

function accountOf(n: number): QueryDocument {
  const source = { kind: "stream", category: "accounts", stream: `s-${n}` } as const;
  return { id: `id-${n}`, name: "account", source, state: { balance: n }, metadata: null };
}

describe("without an index on a path", () => {
  it("a search by id reads a page of the primary key", async () => {
    const query: SearchQuery<never> = {};
    const { next } = await cursorAfter(query, 900);
    expect(visited(await searchPlan({ paging: keysetPage({ size: 20, after: next }) }))).toBeLessThan(50);
  });

  it.each([
    ["load", loadStatement(names, { ...scope, id: "id-2" })],
    ["locate", locateStatement(names, { ...scope, source: { kind: "stream", category: "accounts", stream: "s-2" } })],
  ])("%s reads one row", async (_, statement) => {
    expect(visited(await planOf(statement))).toBe(1);
  });
});
