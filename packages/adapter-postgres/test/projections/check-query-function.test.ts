import { functionInSql } from "@eventfold/adapter-postgres/drizzle";
import { type FunctionInSql, PostgresProjectionStorageAdapter } from "@eventfold/adapter-postgres/projections";
import { defineFunction } from "@eventfold/query";
import { suiteFunctions } from "@eventfold/testing";
import { checkQueryFunction } from "@eventfold/testing/query-functions";
import { type SQL, sql } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { queryRows } from "../query-rows.ts";
import { testServer } from "../test-server.ts";
import { suiteFunctionsInSql } from "./suite-functions-in-sql.ts";

const { connectionString } = await testServer();
const adapters: PostgresProjectionStorageAdapter[] = [];
afterAll(async () => {
  for (const adapter of adapters) await adapter.close();
});

async function openWith(...functions: readonly FunctionInSql[]) {
  const adapter = await PostgresProjectionStorageAdapter.open({ connectionString, functions });
  adapters.push(adapter);
  return adapter.storage;
}

const text = (value: SQL) => sql`case jsonb_typeof(${value}) when 'string' then ${value} #>> '{}' end`;
const number = (value: SQL) => sql`case jsonb_typeof(${value}) when 'number' then (${value} #>> '{}')::float8 end`;

const smallLetters = defineFunction({
  name: "small_letters",
  parameters: ["path"],
  result: "string",
  evaluate: (value) => (typeof value === "string" ? value.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) : null),
});
const half = defineFunction({
  name: "half",
  parameters: ["path"],
  result: "number",
  evaluate: (value) => (typeof value === "number" ? value / 2 ** 10 : null),
});
const wordCount = defineFunction({
  name: "word_count",
  parameters: ["path"],
  result: "number",
  evaluate: (value) => (typeof value === "string" ? value.split(" ").length : null),
});
const holds = defineFunction({
  name: "holds",
  parameters: ["path", "string"],
  result: "boolean",
  evaluate: (value, part) => typeof value === "string" && value.includes(part),
});
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const day = defineFunction({
  name: "day",
  parameters: ["path"],
  result: "string",
  evaluate: (value) => (typeof value === "string" && INSTANT.test(value) ? value.slice(0, 10) : null),
});
const INSTANT_IN_SQL = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{3}Z$";

/** Functions as they are and in SQL: as it must be, and as it is easily written. */
const kinds: readonly (readonly [string, FunctionInSql, FunctionInSql])[] = [
  [
    "a text, by small letters beyond ASCII",
    functionInSql(smallLetters, (value) => sql`lower(${text(value)} collate "C")`),
    functionInSql(smallLetters, (value) => sql`lower(${text(value)} collate "und-x-icu")`),
  ],
  [
    "a number, by its last digit",
    functionInSql(
      half,
      (value) => sql`case when abs(${number(value)}) < 1e-300 then null else ${number(value)} / 1024 end`,
    ),
    functionInSql(half, (value) => sql`((${number(value)})::numeric / 1024)::float8`),
  ],
  [
    "a number, where the value is missing",
    functionInSql(wordCount, (value) => sql`length(${text(value)}) - length(replace(${text(value)}, ' ', '')) + 1`),
    functionInSql(wordCount, (value) => sql`cardinality(string_to_array(${text(value)}, ' '))`),
  ],
  [
    "a boolean, by capitals",
    functionInSql(holds, (value, part) => sql`coalesce(position(${part} in ${text(value)}) > 0, false)`),
    functionInSql(holds, (value, part) => sql`coalesce(${text(value)} ilike '%' || ${part} || '%', false)`),
  ],
  [
    "a boolean, by what is missing",
    functionInSql(holds, (value, part) => sql`coalesce(strpos(${text(value)}, ${part}) > 0, false)`),
    functionInSql(holds, (value, part) => sql`strpos(${text(value)}, ${part}) > 0`),
  ],
  [
    "an instant, by the time zone",
    functionInSql(day, (value) => sql`case when ${text(value)} ~ ${INSTANT_IN_SQL} then left(${text(value)}, 10) end`),
    functionInSql(
      day,
      (value) =>
        sql`case when ${text(value)} ~ ${INSTANT_IN_SQL} then to_char((${text(value)})::timestamptz at time zone 'Asia/Tokyo', 'YYYY-MM-DD') end`,
    ),
  ],
];

describe("checkQueryFunction", () => {
  // What JavaScript rounds to a subnormal number is an error in PostgreSQL, so those are left out here.
  const values = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e200, max: 1e200 }), fc.string());
  const optionsFor = ({ name }: FunctionInSql) =>
    name === "half" ? { values: values.map((n) => (typeof n === "number" && Math.abs(n) < 1e-300 ? null : n)) } : {};

  it.each(kinds)("tells right from wrong: %s", async (_, right, wrong) => {
    await checkQueryFunction(right, { storage: await openWith(right), ...optionsFor(right) });
    // A hundred runs miss some of these once in ten thousand times.
    const check = checkQueryFunction(wrong, { storage: await openWith(wrong), runs: 500, ...optionsFor(wrong) });
    await expect(check).rejects.toThrow(`${wrong.name} does not agree with the storage: ${wrong.name}(`);
    await expect(check).rejects.toMatchObject({ code: "ERR_ASSERTION" });
  });

  it("names the simplest call, what it is, and the seed to find it again", async () => {
    const wrong = functionInSql(suiteFunctions.missing, (_, isAsked) => isAsked);
    const check = checkQueryFunction(wrong, { storage: await openWith(wrong), seed: 5 });
    await expect(check).rejects.toThrow(
      /^suite_missing does not agree with the storage: suite_missing\(.+, (true|false)\) is (true|false) in JavaScript and is another value there\. \(seed: 5\)$/,
    );
  });

  it("proves all functions of an adapter, those of the library too", async () => {
    const own = suiteFunctionsInSql([suiteFunctions.joined, suiteFunctions.missing]);
    const adapter = await PostgresProjectionStorageAdapter.open({ connectionString, functions: own });
    adapters.push(adapter);
    expect([...adapter.functions.keys()]).toEqual(["similarity", "folded", "suite_joined", "suite_missing"]);
    for (const each of adapter.functions.values()) await checkQueryFunction(each, { storage: adapter.storage });
  });

  it("finds what fails in SQL and what fails in JavaScript", async () => {
    const asNumber = functionInSql(wordCount, (value) => sql`(${value} #>> '{}')::float8`);
    const values = fc.constantFrom("no number", "not one either"); // a text like "1" would be found to differ instead
    const inSql = checkQueryFunction(asNumber, { storage: await openWith(asNumber), values });
    await expect(inSql).rejects.toThrow(/word_count\(.*\) fails there: PostgreSQL failed with SQLSTATE 22P02/);
    const first = defineFunction({
      ...smallLetters,
      name: "first",
      evaluate: (value) => (value as string).slice(0, 1),
    });
    const own = functionInSql(first, (value) => sql`left(${text(value)}, 1)`);
    const inJavaScript = checkQueryFunction(own, { storage: await openWith(own) });
    await expect(inJavaScript).rejects.toThrow(/first\(.*\) fails in JavaScript: /);
  });

  it("rejects with the storage's own error for a function that it does not know", async () => {
    const check = checkQueryFunction(wordCount, { storage: await openWith() });
    await expect(check).rejects.toMatchObject({ code: "INVALID_QUERY" });
  });

  it("leaves nothing behind", async () => {
    expect(await queryRows(connectionString, "select count(*)::int from eventfold.projections")).toEqual([0]);
  });
});
