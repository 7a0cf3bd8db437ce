import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { canonicalJson, filter } from "@eventfold/query";
import { parseJson } from "@eventfold/types";
import { rejectsWith } from "../../event-storage/observe/rejection.ts";
import { assertSame } from "../../event-storage/observe/same.ts";
import { KEPT_VALUES, ORDERED_MEMBERS, REFUSED_VALUES } from "../../event-storage/rules/json-values.ts";
import { generatedJson } from "../../random/generated-json.ts";
import { forEachValue } from "../../suite/for-each-value.ts";
import { aProjection } from "../observe/a-projection.ts";
import { type ProjectionRuleTest, projectionTest } from "../projection-rule-test.ts";

const KEY = { name: "account", id: "acc-1" };

/** The text of a value with members in the order of their names; JavaScript puts whole numbers among them first. */
function inOrderOfNames(value: unknown): string {
  return JSON.stringify(parseJson(canonicalJson(parseJson(JSON.stringify(value)))));
}

/** States and metadata come back as JSON gives them. */
export const statesKept: readonly ProjectionRuleTest[] = [
  projectionTest("saving", "states of every kind come back as JSON gives them", async ({ store, otherStore }) =>
    forEachValue(KEPT_VALUES, async (value) => {
      const kept: unknown = parseJson(JSON.stringify(value));
      await store.save(aProjection({ state: value, metadata: value }));
      for (const loaded of [await store.load(KEY), await otherStore.load(KEY), (await store.search()).items[0]]) {
        assertSame(loaded?.state, kept);
        assertSame(loaded?.metadata, kept);
      }
    }),
  ),
  projectionTest(
    "saving",
    "generated states come back, with members in the order of their names",
    async ({ store, otherStore, random }) => {
      const projections = Array.from({ length: 300 }, (_, n) =>
        aProjection({ id: `acc-${n}`, state: generatedJson(random, 4) }),
      );
      await store.saveMany(projections);
      for (const { id, state } of projections) {
        const loaded = (await otherStore.load({ ...KEY, id }))?.state;
        assert.equal(JSON.stringify(loaded), inOrderOfNames(state), id);
      }
    },
  ),
  projectionTest(
    "saving",
    "members come back in the order of their names, whatever their length, from every read, of states and metadata",
    async ({ store, otherStore }) => {
      const value = { ...ORDERED_MEMBERS, "\u{1f600}": 1, "\uff5e": 2, bb: { ccc: 1, dd: 2 }, b: 3 };
      const kept = inOrderOfNames(value);
      const projection = aProjection({ state: value, metadata: value });
      await store.save(projection);
      const filters = [filter("id", "equal", KEY.id)];
      for (const read of [
        await store.load(KEY),
        await otherStore.load(KEY),
        await store.locate({ name: KEY.name, source: projection.source }),
        await store.lookup({ filters }),
        (await store.search({ filters })).items[0],
      ]) {
        assert.equal(JSON.stringify(read?.state), kept);
        assert.equal(JSON.stringify(read?.metadata), kept);
      }
    },
  ),
  projectionTest("saving", "a state of 16 MB comes back", async ({ store, otherStore }) => {
    const state = {
      text: 'ä"\\\u{1f600}'.repeat(2 ** 20),
      list: Array.from({ length: 100_000 }, (_, n) => ({ n, name: `item ${n}` })),
    };
    assert.ok(JSON.stringify(state).length > 8_000_000);
    await store.save(aProjection({ state }));
    assert.ok(isDeepStrictEqual((await otherStore.load(KEY))?.state, state));
    assert.equal((await otherStore.search()).items.length, 1);
  }),
  projectionTest("saving", "what JSON would change is refused, naming the path", async ({ store }) =>
    forEachValue(REFUSED_VALUES, async (make) => {
      const state = await rejectsWith(store.save(aProjection({ state: { a: [0, make()] } })), "INVALID_PROJECTION");
      assert.match(state.path, /^state\.a\[1\]/);
      const metadata = await rejectsWith(
        store.save(aProjection({ metadata: { a: [0, make()] } })),
        "INVALID_PROJECTION",
      );
      assert.match(metadata.path, /^metadata\.a\[1\]/);
      assert.equal(await store.count(), 0);
    }),
  ),
];
