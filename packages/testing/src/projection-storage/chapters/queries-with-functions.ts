import assert from "node:assert/strict";
import { type Projection, ProjectionStore } from "@eventfold/projections";
import {
  call,
  countDocuments,
  type FunctionCall,
  filter,
  path,
  queryFunctions,
  type SearchQuery,
  sortBy,
} from "@eventfold/query";
import type { JsonValue } from "@eventfold/types";
import { rejectsWith } from "../../event-storage/observe/rejection.ts";
import { assertSame } from "../../event-storage/observe/same.ts";
import { aProjection } from "../observe/a-projection.ts";
import { assertWalks } from "../observe/walked-pages.ts";
import { type ProjectionRuleTest, projectionTest, projectionTestNeeding } from "../projection-rule-test.ts";
import type { ProjectionStage } from "../projection-stage.ts";
import { suiteFunctions } from "../suite-functions.ts";

const { scaled, joined, missing } = suiteFunctions;
const OWN = [scaled, joined, missing];
const functions = queryFunctions(...OWN);
const HOSTILE = `'); drop table projections; -- $1 "x" \\ ?`;

async function openWithFunctions(stage: ProjectionStage, documents: readonly Projection[]): Promise<ProjectionStore> {
  const store = new ProjectionStore({ adapter: await stage.open({ functions: OWN }) });
  await store.saveMany(documents);
  return store;
}

/** Projections whose states have these values at `x`, and one more that has nothing there. */
function havingAtX(values: readonly JsonValue[]): Projection[] {
  return [...values.map((x) => ({ x })), {}].map((state, n) => aProjection({ id: `acc-${n}`, state }));
}

async function idsOf(store: ProjectionStore, query: SearchQuery): Promise<string[]> {
  return (await store.search(query)).items.map(({ id }) => id);
}

function functionTest(promise: string, run: (stage: ProjectionStage) => Promise<void>): ProjectionRuleTest {
  return projectionTestNeeding("functions", projectionTest("queries", promise, run));
}

/** Calls of the user's own functions. */
export const queriesWithFunctions: readonly ProjectionRuleTest[] = [
  functionTest("a function of paths and constants filters by its results", async (stage) => {
    const states = [
      { n: 2, first: "Ada", last: "Byron" },
      { n: -4, first: "Ada", last: "King" },
      { n: 0.1, first: "ada", last: "Byron" },
      { n: "2", first: ["Ada"], last: "Byron" },
    ];
    const documents = states.map((state, n) => aProjection({ id: `acc-${n}`, state }));
    const store = await openWithFunctions(stage, documents);
    for (const [clause, ids] of [
      [filter(call(scaled, "state.n", 1.5), "equal", 3), ["acc-0"]],
      [filter(call(scaled, "state.n", 3), "equal", 0.1 * 3), ["acc-2"]],
      [filter(call(scaled, "state.n", -1), "greater_than", -1), ["acc-1", "acc-2"]],
      [filter(call(joined, "state.first", " ", "state.last"), "equal", "Ada Byron"), ["acc-0"]],
      [filter(call(joined, "state.first", "-", "id"), "starts_with", "Ada-acc-"), ["acc-0", "acc-1"]],
      [
        filter(call(joined, "state.last", "/", "source.category"), "regex_matches", "^By.*/"),
        ["acc-0", "acc-2", "acc-3"],
      ],
      [filter(call(joined, "state.first", "", "name"), "in", ["adaaccount", "x", null]), ["acc-2", "acc-3"]],
      [filter(call(missing, "state.n", false), "equal", true), ["acc-0", "acc-1", "acc-2", "acc-3"]],
    ] as const) {
      const filters = [clause];
      assertSame(await idsOf(store, { filters }), ids, JSON.stringify(clause));
      assert.equal(await store.count({ filters }), countDocuments(documents, { filters }, { functions }));
    }
    const found = await store.lookup({ filters: [filter(call(scaled, "state.n", 10), "less_than", 0)] });
    assert.equal(found?.id, "acc-1");
  }),
  functionTest("a function without a result is null, and is given null for a missing value", async (stage) => {
    const documents = havingAtX([1, null, "text", [null], {}, false, 0]);
    const store = await openWithFunctions(stage, documents);
    const isMissing = filter(call(missing, "state.x", true), "equal", true);
    assertSame(await idsOf(store, { filters: [isMissing] }), ["acc-1", "acc-7"]);
    const isElementMissing = filter(call(missing, "state.x.0", true), "equal", false);
    assertSame(await idsOf(store, { filters: [isElementMissing] }), []);
    const exists = filter(call(scaled, "state.x", 2), "exists");
    assertSame(await idsOf(store, { filters: [exists] }), ["acc-0", "acc-6"]);
    const isNull = filter(call(scaled, "state.x", 2), "equal", null);
    assertSame(await idsOf(store, { filters: [isNull] }), ["acc-1", "acc-2", "acc-3", "acc-4", "acc-5", "acc-7"]);
  }),
  functionTest("a function sorts, and pages by cursor go through its results as the reference does", async (stage) => {
    const long = "x".repeat(120);
    const values = [
      3,
      -1,
      1e300,
      -1e300,
      5e-324,
      0.1,
      null,
      "b",
      "a",
      "\u{1f600}",
      "\uff5e",
      `${long}b`,
      `${long}a`,
      "",
      true,
    ];
    const documents = [...havingAtX(values), ...havingAtX(values).map((each) => ({ ...each, name: "other" }))];
    const store = await openWithFunctions(stage, documents);
    const fields: readonly FunctionCall[] = [
      call(scaled, "state.x", -2),
      call(joined, "state.x", "\u{1f600}", "name"),
      call(missing, "state.x", true),
    ];
    for (const field of fields) {
      for (const direction of ["asc", "desc"] as const) {
        for (const nulls of ["first", "last"] as const) {
          const sort = [sortBy(field, direction, { nulls })];
          await assertWalks(store, documents, { sort, size: 5, functions });
          await assertWalks(store, documents, { sort: [sortBy("name"), ...sort], size: 40, functions });
        }
      }
    }
  }),
  functionTest("whatever is in the names and the constants of a call is data", async (stage) => {
    const own = { first: { [HOSTILE]: "left" }, second: [HOSTILE] };
    const store = await openWithFunctions(stage, [
      aProjection({ state: own }),
      aProjection({ id: "other", state: {} }),
    ]);
    const field = call(
      joined,
      path.unchecked("state", "first", HOSTILE),
      HOSTILE,
      path.unchecked("state", "second", 0),
    );
    for (const query of [
      { filters: [filter(field, "equal", `left${HOSTILE}${HOSTILE}`)] },
      { filters: [filter(field, "exists")], sort: [sortBy(field, "desc")] },
    ]) {
      assertSame(await idsOf(store, query), ["acc-1"]);
    }
  }),
  functionTest(
    "a function that the adapter was not opened with is refused, with the path of its name",
    async (stage) => {
      const store = new ProjectionStore({ adapter: await stage.open({ functions: [scaled] }) });
      const filters = [filter(call(missing, "state.x", true), "equal", true)];
      for (const refused of [store.search({ filters }), store.count({ filters }), store.lookup({ filters })]) {
        assert.equal((await rejectsWith(refused, "INVALID_QUERY")).path, "filters[0].field.name");
      }
      const sorted = stage.store.search({ sort: [sortBy(call(scaled, "state.x", 1))] });
      assert.equal((await rejectsWith(sorted, "INVALID_QUERY")).path, "sort[0].field.name");
    },
  ),
  functionTest("two functions of one name are a TypeError", async (stage) => {
    await assert.rejects(stage.open({ functions: [scaled, missing, scaled] }), TypeError);
  }),
];
