import { PostgresProjectionStorageAdapter } from "@eventfold/adapter-postgres/projections";
import {
  type Clause,
  call,
  defineFunction,
  filter,
  folded,
  not,
  or,
  path,
  planCount,
  planSearch,
  queryFunctions,
  similarity,
  sortBy,
} from "@eventfold/query";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectionNames } from "../../src/projections/projection-names.ts";
import { countStatement, searchStatements } from "../../src/projections/read-statements.ts";
import { queryRows } from "../query-rows.ts";
import { testServer } from "../test-server.ts";

const { connectionString } = await testServer();
const names = projectionNames({});
const everything = { name: undefined, projectorVersion: undefined };
let client: Client;

beforeAll(async () => {
  await (await PostgresProjectionStorageAdapter.open({ connectionString })).close();
  client = new Client({ connectionString });
  await client.connect();
});
afterAll(() => client.end());

const KEY = `"eventfold"."projections_sort_key"(p.state -> $1::text) collate "C"`;
const TEXT = `(p.state -> $1::text #>> '{}') collate "C"`;
const long = "x".repeat(150);

/** The condition that a clause becomes, which the server must accept too. */
async function conditionOf(clause: Clause<never>): Promise<readonly [string, ...unknown[]]> {
  const { text, values } = countStatement(names, { ...everything, plan: planCount({ filters: [clause] }) });
  await client.query(text, [...values]);
  const scope = 'in (select v.name, v.active_version from "eventfold"."projections_versions" v) and ';
  const condition = text.slice(text.indexOf(scope) + scope.length, -1);
  return [condition, ...values];
}

describe("a clause", () => {
  it.each<readonly [string, Clause<never>, readonly [string, ...unknown[]]]>([
    ["equal", filter("state.a", "equal", 5), [`${KEY} = $2::text`, "a", "0c014000000000000"]],
    ["equal to a short text", filter("state.a", "equal", "x"), [`${KEY} = $2::text`, "a", "1x"]],
    [
      "equal to a long text",
      filter("state.a", "equal", long),
      [`(${KEY} = $2::text and ${TEXT} = $3::text)`, "a", `1${"x".repeat(100)}`, long],
    ],
    [
      "equal to an object",
      filter("state.a", "equal", { b: 1 } as never),
      ["p.state -> $1::text = $2::jsonb", "a", '{"b":1}'],
    ],
    ["equal to null", filter("state.a", "equal", null), [`${KEY} is null`, "a"]],
    ["exists", filter("state.a", "exists"), [`(${KEY} is null) is not true`, "a"]],
    ["not", not(filter("state.a", "equal", true)), [`(${KEY} = $2::text) is not true`, "a", "21"]],
    [
      "greater_than",
      filter("state.a", "greater_than", -1),
      [`(${KEY} > $2::text and ${KEY} < $3::text)`, "a", "0400fffffffffffff", "1"],
    ],
    [
      "less_than_or_equal",
      filter("state.a", "less_than_or_equal", "m"),
      [`(${KEY} <= $2::text and ${KEY} >= $3::text)`, "a", "1m", "1"],
    ],
    [
      "in",
      filter("state.a", "in", ["x", 1, null, [2], long] as never),
      [
        `(${KEY} = any ($2::text[]) or (${KEY} = any ($3::text[]) and ${TEXT} = any ($4::text[])) or p.state -> $1::text = any ($5::jsonb[]) or ${KEY} is null)`,
        "a",
        ["1x", "0bff0000000000000"],
        [`1${"x".repeat(100)}`],
        [long],
        ["[2]"],
      ],
    ],
    [
      "contains",
      filter("state.a", "contains", "x"),
      [
        "exists (select from jsonb_array_elements(case when jsonb_typeof(p.state -> $1::text) = 'array' then p.state -> $1::text else '[]' end) e(value) where e.value = $2::jsonb)",
        "a",
        '"x"',
      ],
    ],
    [
      "contains_text",
      filter("state.a", "contains_text", "x"),
      [`(${KEY} >= $2::text and ${KEY} < $3::text and strpos(${TEXT}, $4::text) > 0)`, "a", "1", "2", "x"],
    ],
    ["a text in the id", filter("id", "contains_text", "x"), ["strpos(p.id, $1::text) > 0", "x"]],
    [
      "folded",
      filter(folded("state.a"), "equal", "X"),
      [
        `"eventfold"."projections_sort_key"("eventfold"."projections_folded"(p.state -> $1::text)) collate "C" = $2::text`,
        "a",
        "1x",
      ],
    ],
    [
      "starts_with",
      filter("state.a", "starts_with", "a\uD7FF"),
      [`(${KEY} >= $2::text and ${KEY} < $3::text)`, "a", "1a\uD7FF", "1a\uE000"],
    ],
    [
      "regex_matches",
      filter("state.a", "regex_matches", "^\\d."),
      [`(${KEY} >= $2::text and ${KEY} < $3::text and ${TEXT} ~ $4::text)`, "a", "1", "2", "^[0-9]."],
    ],
    ["the id", filter("id", "starts_with", "a"), ["(p.id >= $1::text and p.id < $2::text)", "a", "b"]],
    [
      "the id, of another type",
      or(filter("id" as never, "less_than", 5 as never), filter("state.a", "equal", true)),
      [`${KEY} = $2::text`, "a", "21"],
    ],
  ])("%s", async (_, clause, expected) => {
    expect(await conditionOf(clause)).toEqual(expected);
  });

  it("binds every name and value, whatever is in it", async () => {
    const hostile = `'); drop table eventfold.projections; -- $1 "x"`;
    const [condition, ...values] = await conditionOf(
      filter(path.unchecked("state", hostile, 0) as never, "equal", hostile as never),
    );
    expect(condition).toBe(
      `"eventfold"."projections_sort_key"("eventfold"."projections_element"(p.state -> $1::text, $2::int)) collate "C" = $3::text`,
    );
    expect(values).toEqual([hostile, 0, `1${hostile}`]);
    expect(await queryRows(connectionString, "select count(*)::int from eventfold.projections")).toEqual([0]);
  });

  it("may be one of 500 with paths of 50 segments", async () => {
    const segments = Array.from({ length: 48 }, (_, index) => (index % 2 ? index : `member-${index}`));
    const clauses: Clause<never>[] = Array.from({ length: 500 }, (_, index) => ({
      kind: "filter",
      field: path.unchecked("state", ...segments, `last-${index}`),
      operator: "greater_than",
      value: index,
    }));
    const { text, values } = countStatement(names, { ...everything, plan: planCount({ filters: clauses }) });
    expect(values.length).toBeLessThan(2000);
    await client.query(text, [...values]);
  });
});

describe("a search", () => {
  it("is fetched in two parts where its first key can be missing", async () => {
    const plan = planSearch({ sort: [sortBy("state.a", "desc")], filters: [filter("name", "equal", "x")] });
    const { text } = searchStatements(names, { name: "x", projectorVersion: 1, plan }).byKey;
    const part = (place: number, condition: string) =>
      `(select p.*, ${place} as part, ${KEY} as k0, p.id as k1 from "eventfold"."projections" p where ((p.name = $2::text and p.projector_version = $3::integer and not p.is_removed and p.name = $2::text) and ${KEY} ${condition}) order by ${KEY} desc, p.id desc limit $4::bigint)`;
    expect(text.slice(text.indexOf(" from ("))).toBe(
      ` from (${part(0, "is not null")} union all ${part(1, "is null")}) r order by r.part, r.k0 desc, r.k1 desc limit $4::bigint offset $5::bigint`,
    );
  });

  it("can sort by similarity", async () => {
    const plan = planSearch({ sort: [sortBy(similarity("state.a", "x"), "desc")] });
    const { text, values } = searchStatements(names, { ...everything, plan }).byKey;
    expect(text).toContain(
      '"eventfold"."projections_sort_key"("eventfold"."projections_similarity"(p.state -> $1::text, $2::text)) collate "C" desc',
    );
    await client.query(text, [...values]);
  });

  it("refuses a function that PostgreSQL cannot compute", () => {
    const length = defineFunction({ name: "length_of", parameters: ["path"], result: "number", evaluate: () => 1 });
    const plan = planSearch({ sort: [sortBy(call(length, "state.a"))] }, { functions: queryFunctions(length) });
    expect(() => searchStatements(names, { ...everything, plan })).toThrow(
      expect.objectContaining({ code: "INVALID_QUERY" }),
    );
  });
});

describe("the sort key in SQL", () => {
  it("takes numbers that no double can hold, which only others than this library store", async () => {
    const keys = await queryRows(
      connectionString,
      `select eventfold.projections_sort_key(n::jsonb) from unnest(array['-1e400', '-1.7976931348623157e308', '-1e-400', '0', '1e-400', '5e-324', '1.7976931348623157e308', '1e400']) n`,
    );
    expect(keys).toEqual([...keys].sort());
    expect(new Set(keys).size).toBe(6);
  });
});
