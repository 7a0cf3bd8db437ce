import assert from "node:assert/strict";
import { type Cursor, filter, keysetPage, offsetPage, type Paging, type SearchQuery, sortBy } from "@eventfold/query";
import { rejectsWith } from "../../event-storage/observe/rejection.ts";
import { assertSame } from "../../event-storage/observe/same.ts";
import { aProjection, someProjections } from "../observe/a-projection.ts";
import { type ProjectionRuleTest, projectionTest } from "../projection-rule-test.ts";

/** Searching, looking up and counting. */
export const queries: readonly ProjectionRuleTest[] = [
  projectionTest("queries", "a query of one name sees only that name, whatever its filters", async ({ store }) => {
    await store.saveMany(["account", "other"].flatMap((name) => someProjections(5, { name })));
    const scope = { name: "account" };
    const { items } = await store.search({ sort: [sortBy("state.n", "desc")] }, scope);
    assertSame(
      items.map(({ name, id }) => [name, id]),
      [4, 3, 2, 1, 0].map((n) => ["account", `acc-${n}`]),
    );
    assert.equal(await store.count({ filters: [filter("name", "equal", "other")] }, scope), 0);
    assert.equal((await store.lookup({ filters: [filter("state.n", "equal", 3)] }, scope))?.id, "acc-3");
  }),
  projectionTest(
    "queries",
    "pages by cursor show each once, even if others come and go and the row at the cursor is deleted",
    async ({ store, otherStore, random }) => {
      const projections = Array.from({ length: 60 }, (_, n) =>
        aProjection({ id: `acc-${n}`, state: { rank: n % 7, n } }),
      );
      await store.saveMany(projections);
      const seen: string[] = [];
      let after: Cursor | undefined;
      for (let round = 0; ; round += 1) {
        const query = {
          sort: [sortBy("state.rank", random.pick(["desc"] as const))],
          paging: keysetPage({ size: 7, after }),
        };
        const { items, next } = await otherStore.search(query);
        seen.push(...items.map(({ id }) => id).filter((id) => id.startsWith("acc-")));
        if (next === undefined) break;
        const last = items.at(-1);
        if (last !== undefined) await store.delete(last);
        await store.save(aProjection({ id: `new-${round}`, state: { rank: random.integer(0, 6) } }));
        after = next;
      }
      assertSame(seen.toSorted(), projections.map(({ id }) => id).toSorted());
    },
  ),
  projectionTest("queries", "an empty storage has empty pages, no matches, and a count of 0", async ({ store }) => {
    const { items, next, previous } = await store.search({ sort: [sortBy("state.a")] });
    assertSame([items.length, next, previous], [0, undefined, undefined]);
    assertSame([await store.count(), await store.lookup({})], [0, undefined]);
  }),
  projectionTest("queries", "a malformed query is refused with the path of its fault", async ({ store }) => {
    const bad = { filters: [{ kind: "filter", field: "state.a", operator: "is", value: 1 }] } as unknown as SearchQuery;
    for (const scope of [{}, { name: "account" }]) {
      assert.equal((await rejectsWith(store.search(bad, scope), "INVALID_QUERY")).path, "filters[0].operator");
      assert.equal((await rejectsWith(store.count(bad, scope), "INVALID_QUERY")).path, "filters[0].operator");
      assert.equal((await rejectsWith(store.lookup(bad, scope), "INVALID_QUERY")).path, "filters[0].operator");
    }
  }),
  projectionTest(
    "queries",
    "a page says how many there are on all pages, if it is asked",
    async ({ store, otherStore }) => {
      await store.saveMany([...someProjections(7), aProjection({ id: "x", name: "other" })]);
      await store.saveMany(someProjections(3, { projectorVersion: 2 }));
      const page = async (paging: Paging, scope: object): Promise<readonly unknown[]> => {
        const { items, total } = await otherStore.search(
          { filters: [filter("id", "not_equal", "acc-0")], paging },
          scope,
        );
        return [items.length, total];
      };
      const paging = keysetPage({ size: 4, withTotal: true });
      assertSame(await page(paging, { name: "account" }), [4, 6]);
      assertSame(await page(paging, {}), [4, 7]);
      assertSame(await page(paging, { name: "account", projectorVersion: 2 }), [2, 2]);
      assertSame(await page(offsetPage({ number: 2, size: 4, withTotal: true }), { name: "account" }), [2, 6]);
      assertSame(await page(keysetPage({ size: 4 }), { name: "account" }), [4, undefined]);
    },
  ),
  projectionTest("queries", "a cursor belongs to its query and its name", async ({ store }) => {
    await store.saveMany(["account", "other"].flatMap((name) => someProjections(5, { name })));
    const { next } = await store.search({ paging: keysetPage({ size: 2 }) }, { name: "account" });
    assert.ok(next !== undefined);
    const paging = keysetPage({ size: 2, after: next });
    assert.equal((await store.search({ paging }, { name: "account" })).items[0]?.id, "acc-2");
    await rejectsWith(store.search({ paging }, { name: "other" }), "INVALID_CURSOR");
    await rejectsWith(store.search({ paging, sort: [sortBy("state.n")] }, { name: "account" }), "INVALID_CURSOR");
  }),
];
