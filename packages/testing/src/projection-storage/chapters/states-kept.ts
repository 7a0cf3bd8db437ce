import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { parseJson } from "@eventfold/types";
import { rejectsWith } from "../../event-storage/observe/rejection.ts";
import { assertSame } from "../../event-storage/observe/same.ts";
import { KEPT_VALUES, REFUSED_VALUES } from "../../event-storage/rules/json-values.ts";
import { generatedJson } from "../../random/generated-json.ts";
import { aProjection } from "../observe/a-projection.ts";
import { type ProjectionRuleTest, projectionTest } from "../projection-rule-test.ts";

const KEY = { name: "account", id: "acc-1" };

/** What JSON gives back of states and metadata. */
export const statesKept: readonly ProjectionRuleTest[] = [
  ...KEPT_VALUES.map(([title, value]) =>
    projectionTest("saving", `states come back as JSON gives them: ${title}`, async ({ store, otherStore }) => {
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
        assert.ok(
          isDeepStrictEqual(loaded, state),
          `${id}: expected ${JSON.stringify(state)}, got ${JSON.stringify(loaded)}`,
        );
      }
      await store.save(aProjection({ state: { b: 1, a: [{ d: 1, c: 2 }] } }));
      assert.equal(JSON.stringify((await otherStore.load(KEY))?.state), '{"a":[{"c":2,"d":1}],"b":1}');
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
  ...REFUSED_VALUES.map(([title, make]) =>
    projectionTest("saving", `what JSON would change is refused, naming the path: ${title}`, async ({ store }) => {
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
