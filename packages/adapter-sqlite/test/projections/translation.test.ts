import { SqliteProjectionStorageAdapter } from "@eventfold/adapter-sqlite/projections";
import {
  type Clause,
  filter,
  keysetPage,
  not,
  or,
  pageOf,
  path,
  planCount,
  planSearch,
  sortBy,
} from "@eventfold/query";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compiledQuery } from "../../src/query/compiled-query.ts";
import { searchQueries } from "../../src/query/projection-queries.ts";
import { STORED_TABLES } from "../../src/query/projection-tables.ts";
import { conditionOf } from "./compiled-condition.ts";
import { account, saveOfDocuments } from "./stored-documents.ts";

const KEY =
  "CASE json_type(p.state, ?) WHEN 'integer' THEN CAST(json_extract(p.state, ?) AS REAL) WHEN 'false' THEN x'00' WHEN 'true' THEN x'01' WHEN 'array' THEN x'02' WHEN 'object' THEN x'02' ELSE json_extract(p.state, ?) END";
const PATH = '$."x"';

/** A clause, the SQL that it becomes, what is bound there besides its path, and the values that it finds. */
interface Translated {
  readonly title: string;
  readonly clause: Clause;
  readonly sql: string;
  readonly bound?: readonly (string | number)[];
  readonly finds: readonly unknown[];
}

describe("a filter in SQL", () => {
  let adapter: SqliteProjectionStorageAdapter;
  const values = [null, 0, 5, "", "5", "abc", false, true, [], [5], [null], { a: [2], b: 1 }];
  beforeAll(async () => {
    adapter = await SqliteProjectionStorageAdapter.open({ filename: ":memory:" });
    await adapter.storage.save(
      saveOfDocuments(values.map((x, index) => account(String(index).padStart(2, "0"), { x }))),
    );
    await adapter.storage.save(saveOfDocuments([account("missing", {})]));
  });
  afterAll(() => adapter.close());

  const found = async (clause: Clause): Promise<unknown[]> => {
    const plan = planSearch({ filters: [clause] });
    const rows = await adapter.storage.search({ name: "account", projectorVersion: undefined, plan });
    return rows.map(({ id, state }) => (id === "missing" ? "missing" : (state as { x: unknown }).x));
  };

  it.each<Translated>([
    { title: "equal null", clause: filter("state.x", "equal", null), sql: `${KEY} IS NULL`, finds: [null, "missing"] },
    { title: "equal a number", clause: filter("state.x", "equal", 5), sql: `${KEY} = ?`, bound: [5], finds: [5] },
    { title: "equal a boolean", clause: filter("state.x", "equal", false), sql: `${KEY} = x'00'`, finds: [false] },
    {
      title: "equal an object",
      clause: filter("state.x", "equal", { b: 1, a: [2] }),
      sql: `(${KEY} = x'02' AND json_extract(p.state, ?) = ?)`,
      bound: ['{"a":[2],"b":1}'],
      finds: [{ a: [2], b: 1 }],
    },
    {
      title: "not_equal",
      clause: filter("state.x", "not_equal", "abc"),
      sql: `(${KEY} = ?) IS NOT TRUE`,
      bound: ["abc"],
      finds: [...values.filter((value) => value !== "abc"), "missing"],
    },
    {
      title: "a range of numbers",
      clause: filter("state.x", "greater_than", 0),
      sql: `(${KEY} > ? AND ${KEY} < '')`,
      bound: [0],
      finds: [5],
    },
    {
      title: "a range of texts",
      clause: filter("state.x", "less_than", "5"),
      sql: `(${KEY} >= '' AND ${KEY} < ?)`,
      bound: ["5"],
      finds: [""],
    },
    {
      title: "starts_with",
      clause: filter("state.x", "starts_with", "ab"),
      sql: `(${KEY} >= ? AND ${KEY} < ?)`,
      bound: ["ab", "ac"],
      finds: ["abc"],
    },
    {
      title: "contains_text",
      clause: filter("state.x", "contains_text", "bc"),
      sql: `(typeof(${KEY}) = 'text' AND instr(${KEY}, ?) > 0)`,
      bound: ["bc"],
      finds: ["abc"],
    },
    {
      title: "contains",
      clause: filter("state.x", "contains", null),
      sql: "(json_type(p.state, ?) = 'array' AND EXISTS (SELECT 1 FROM json_each(p.state, ?) AS e WHERE e.type = 'null'))",
      finds: [[null]],
    },
    {
      title: "in, its list as one value",
      clause: filter("state.x", "in", [5, true, null]),
      sql: `(${KEY} IN (SELECT CASE type WHEN 'integer' THEN CAST(value AS REAL) WHEN 'false' THEN x'00' WHEN 'true' THEN x'01' ELSE value END FROM json_each(?)) OR ${KEY} IS NULL)`,
      bound: ["[5,true]"],
      finds: [null, 5, true, "missing"],
    },
    {
      title: "regex_matches",
      clause: filter("state.x", "regex_matches", "^[a-c]+$"),
      sql: `eventfold_matches(?, ${KEY})`,
      bound: ["^[a-c]+$"],
      finds: ["abc"],
    },
  ])("$title", async ({ clause, sql, bound = [], finds }) => {
    const compiled = conditionOf(clause);
    expect(compiled.sql).toBe(sql);
    expect(compiled.values.filter((value) => value !== PATH)).toEqual(bound);
    expect(await found(clause)).toEqual(finds);
  });

  it("has negation at the tests only", () => {
    const [a, b] = [filter("id", "equal", "1"), filter("id", "starts_with", "2")];
    expect(conditionOf(not(or(a, b))).sql).toBe("((p.id = ?) IS NOT TRUE AND ((p.id >= ? AND p.id < ?)) IS NOT TRUE)");
  });

  it("compares columns of text with texts only", async () => {
    expect(conditionOf(filter("id" as never, "equal", 5 as never))).toEqual({ sql: "FALSE", values: [] });
    expect(await found(filter("id" as never, "greater_than", -1 as never))).toEqual([]);
    expect(await found(filter("id" as never, "in", [0, "00", ["00"]] as never))).toEqual([null]);
  });

  it("never takes a name or a value for SQL", async () => {
    const hostile = "'); DROP TABLE eventfold_projections; --";
    const clause = filter(path.unchecked("state", hostile, '"', "]"), "equal", hostile);
    expect(conditionOf(clause).sql).not.toContain("DROP");
    expect(await found(clause)).toEqual([]);
    expect(await adapter.storage.count({ name: "account", projectorVersion: 1, plan: planCount({}) })).toBe(13);
  });

  it("copes with 500 clauses, 100 deep", async () => {
    let nested: Clause = filter("state.x", "equal", 5);
    for (let depth = 0; depth < 49; depth++) nested = or(not(nested), filter("state.x", "exists"));
    expect(await found(nested)).toHaveLength(13 - (await found(not(nested))).length);
    expect(await found(or(...Array.from({ length: 499 }, () => filter("state.x", "contains", 5))))).toEqual([[5]]);
  });

  it("matches hostile patterns in time linear in the text", async () => {
    await adapter.storage.save(saveOfDocuments([account("long", { text: `${"a".repeat(50_000)}!` })]));
    expect(await found(filter("state.text", "regex_matches", "^(a|a)*(a|aa)+$"))).toEqual([]);
    await adapter.storage.delete({ name: "account", id: "long", projectorVersion: undefined });
  });
});

describe("a page in SQL", () => {
  const binding = filter("name", "equal", "account");
  const sort = [sortBy("state.x")];

  it("starts in the index at the bound, rows without a value in a stretch of their own", () => {
    const rows = ["a", "b"].map((id, x) => account(id, { x }));
    const first = planSearch({ filters: [binding], sort, paging: keysetPage({ size: 1 }) });
    const paging = keysetPage({ size: 1, after: pageOf(first, rows).next });
    const plan = planSearch({ filters: [binding], sort, paging });
    const request = { name: "account", projectorVersion: 1, plan };
    const [present, missing] = searchQueries(request, { tables: STORED_TABLES, indexes: new Map() }).map(
      (query) => compiledQuery(query).sql,
    );
    expect(present).toContain(
      `AND (${KEY} >= ? AND (${KEY} > ? OR p.id > ?)) ORDER BY ${KEY} ASC, p.id ASC LIMIT ? OFFSET ?`,
    );
    expect(missing).toContain(`AND ${KEY} IS NULL ORDER BY p.id ASC LIMIT ? OFFSET ?`);
  });
});
