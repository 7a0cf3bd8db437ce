import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { functionInSql } from "@eventfold/adapter-postgres/drizzle";
import { type FunctionInSql, PostgresProjectionStorageAdapter } from "@eventfold/adapter-postgres/projections";
import { ProjectionStore } from "@eventfold/projections";
import {
  call,
  defineFunction,
  filter,
  path,
  planCount,
  planSearch,
  queryFunctions,
  type ResultKind,
  type Scalar,
  sortBy,
} from "@eventfold/query";
import { aProjection } from "@eventfold/testing";
import { type SQL, sql } from "drizzle-orm";
import { Client } from "pg";
import { describe, expect, it } from "vitest";
import { projectionNames } from "../../src/projections/projection-names.ts";
import { countStatement, searchStatements } from "../../src/projections/read-statements.ts";
import { functionsInSql } from "../../src/query/function-in-sql.ts";
import { testServer } from "../test-server.ts";

const { connectionString } = await testServer();
const names = projectionNames({});
const everything = { name: undefined, projectorVersion: undefined };

const open = (...functions: readonly FunctionInSql[]) =>
  PostgresProjectionStorageAdapter.open({ connectionString, functions });

/** A function of a path, with this SQL. */
function ofPath(written: (value: SQL) => SQL, result: ResultKind = "number", yields: Scalar | null = null) {
  const definition = defineFunction({ name: "of_path", parameters: ["path"], result, evaluate: () => yields as never });
  return functionInSql(definition, written);
}

const clipped = defineFunction({
  name: "clipped",
  parameters: ["path", "number", "string"],
  result: "string",
  evaluate: () => null,
});

describe("a call of a function", () => {
  it("computes its arguments in a row of their own, with everything bound", async () => {
    const functions = functionsInSql([
      functionInSql(clipped, (value, length, end) => sql`left(${value} #>> '{}', ${length}::int) || ${end} || ${"$1"}`),
    ]);
    const field = call(clipped, path("state", "it's"), 3, "'; --");
    const plan = planCount({ filters: [filter(field, "equal", "x")] }, { functions });
    const { text, values } = countStatement(names, { ...everything, plan }, functions);
    expect(text.slice(text.lastIndexOf(" and ") + 5)).toBe(
      `"eventfold"."projections_sort_key"((select to_jsonb((left(eventfold_call.parameter1 #>> '{}', eventfold_call.parameter2::int) || eventfold_call.parameter3 || $1)::text) from (select nullif(p.state -> $2::text, 'null') as parameter1, $3::float8 as parameter2, $4::text as parameter3 offset 0) eventfold_call)) collate "C" = $5::text)`,
    );
    expect(values).toEqual(["$1", "it's", 3, "'; --", "1x"]);
    await (await open()).close();
    const client = new Client({ connectionString });
    await client.connect();
    await client.query(text, [...values]);
    const { byKey } = searchStatements(
      names,
      { ...everything, plan: planSearch({ sort: [sortBy(field)] }, { functions }) },
      functions,
    );
    await client.query(byKey.text, [...byKey.values]);
    await client.end();
  });

  it("is not changed by the names, dollars and quotes in its SQL", async () => {
    const hostile = `it's $1, $2::text; "p" -- \\`;
    const own = ofPath(
      (value) =>
        sql`(select p.x from (select ${hostile} || '$1::text $2' || ${value}::text as x, 5 as state) p where ${value} is not null)`,
      "string",
      `${hostile}$1::text $27`,
    );
    const adapter = await open(own);
    const store = new ProjectionStore({ adapter });
    await store.save(aProjection().withState({ a: 7 }).build());
    const filters = [filter(call(own, "state.a"), "equal", `${hostile}$1::text $27`)];
    expect(await store.count({ filters })).toBe(1);
    await adapter.close();
  });

  it("does not depend on how the session prints numbers", async () => {
    const third = ofPath((value) => sql`${value}::float8 / 3`, "number", 1 / 3);
    const schema = "few_digits";
    const options = {
      connectionString: `${connectionString}?options=-c%20extra_float_digits%3D0`,
      schema,
      functions: [third],
    };
    const adapter = await PostgresProjectionStorageAdapter.open(options);
    const store = new ProjectionStore({ adapter });
    await store.save(aProjection().withState({ a: 1 }).build());
    expect(await store.count({ filters: [filter(call(third, "state.a"), "equal", 1 / 3)] })).toBe(1);
    await adapter.close();
  });

  it("fails the query where it yields a number that is not finite, or the SQL fails", async () => {
    for (const written of [
      () => sql`'NaN'`,
      () => sql`'-infinity'::float8`,
      (value: SQL) => sql`1 / (${value}::int - 1)`,
    ]) {
      const adapter = await open(ofPath(written));
      const store = new ProjectionStore({ adapter });
      await store.save(aProjection().withState({ a: 1 }).build());
      const filters = [filter(call(ofPath(written), "state.a"), "exists")];
      await expect(store.count({ filters })).rejects.toMatchObject({ code: "STORAGE_FAILED" });
      await adapter.close();
    }
  });

  it("gives every double as it is", async () => {
    const itself = ofPath(
      (value) => sql`case jsonb_typeof(${value}) when 'number' then (${value} #>> '{}')::float8 end`,
    );
    const adapter = await open(itself);
    const numbers = [
      0,
      5e-324,
      -5e-324,
      2.2250738585072014e-308,
      Number.MAX_VALUE,
      -Number.MAX_VALUE,
      1e21,
      1e-7,
      0.1,
      2 ** 53,
      1 / 3,
      -123.456,
    ];
    const store = new ProjectionStore({ adapter });
    await store.saveMany(
      numbers.map((n, place) => aProjection().withName("numbers").withId(`n-${place}`).withState({ n }).build()),
    );
    for (const [place, n] of numbers.entries()) {
      const { items } = await store.search(
        { filters: [filter(call(itself, "state.n"), "equal", n)] },
        { name: "numbers" },
      );
      expect(items.map(({ id }) => id)).toEqual([`n-${place}`]);
    }
    await adapter.close();
  });
});

describe("opening with functions", () => {
  it.each<readonly [string, SQL, RegExp]>([
    ["is not SQL", sql`left(`, /^PostgreSQL cannot parse the function of_path: syntax error/],
    [
      "calls what does not exist",
      sql`no_such_function(5)`,
      /function of_path: function no_such_function\(integer\) does not exist/,
    ],
    ["yields what cannot be cast", sql`true`, /function of_path: cannot cast type boolean to double precision/],
    ["has a literal that cannot be", sql`'x'::int`, /function of_path: invalid input syntax for type integer/],
  ])("refuses one that %s, and names it", async (_, written, message) => {
    const opening = open(ofPath(() => written));
    await expect(opening).rejects.toThrow(TypeError);
    await expect(opening).rejects.toThrow(message);
    await expect(opening).rejects.toHaveProperty("cause.severity", "ERROR");
  });

  it("does not run what it parses, and leaves nothing prepared", async () => {
    const adapter = await open(ofPath(() => sql`1 / 0`));
    const prepared = await adapter.transaction(({ client }) => client.query("select name from pg_prepared_statements"));
    expect(prepared.rows.filter(({ name }) => name.startsWith("eventfold_function"))).toEqual([]);
    await adapter.close();
  });

  it("refuses a function without SQL, and two of one name, before it connects", async () => {
    const nowhere = "postgres://localhost:1/nowhere";
    const refused = (functions: readonly FunctionInSql[]) =>
      expect(PostgresProjectionStorageAdapter.open({ connectionString: nowhere, functions })).rejects.toThrow(
        TypeError,
      );
    await refused([clipped as never]);
    await refused([ofPath((value) => value), ofPath((value) => value)]);
  });

  it("takes functions on the connections of an event adapter, and finds them in its transactions", async () => {
    const isThere = ofPath((value) => sql`${value} is not null`, "boolean", true);
    const events = await PostgresEventStorageAdapter.open({ connectionString });
    const adapter = await PostgresProjectionStorageAdapter.open({ shareWith: events, functions: [isThere] });
    const store = new ProjectionStore({ adapter });
    const filters = [filter(call(isThere, "state.here"), "equal", true)];
    await adapter.transaction(async (tx) => {
      await store.within(tx).save(aProjection().withName("within").withState({ here: 1 }).build());
      expect(await store.within(tx).count({ filters }, { name: "within" })).toBe(1);
    });
    await events.close();
  });
});

describe("functionInSql", () => {
  it("refuses what is not drizzle's SQL", () => {
    expect(() => ofPath(() => "left(x, 1)" as never)).toThrow(
      new TypeError("The SQL of the function of_path must be made with drizzle's sql`…`."),
    );
  });

  it("gives a function that adapters in JavaScript take as well", () => {
    const own = ofPath((value) => value, "number", 5);
    expect(
      queryFunctions(own)
        .get("of_path")
        ?.evaluate(...([null] as never)),
    ).toBe(5);
    expect(Object.isFrozen(own)).toBe(true);
  });
});
