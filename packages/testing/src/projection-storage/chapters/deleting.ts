import assert from "node:assert/strict";
import { assertSame } from "../../event-storage/observe/same.ts";
import { aProjection, someProjections } from "../observe/a-projection.ts";
import { type ProjectionRuleTest, projectionTest } from "../projection-rule-test.ts";

const KEY = { name: "account", id: "acc-1" };

/** Deleting one, and clearing a name. */
export const deleting: readonly ProjectionRuleTest[] = [
  projectionTest("deleting", "a deleted projection is gone, and others stay", async ({ store, otherStore }) => {
    await store.saveMany([...someProjections(3), aProjection({ name: "other" })]);
    assert.equal(await store.delete(KEY), true);
    assert.equal(await otherStore.delete(KEY), false);
    assert.equal(await otherStore.load(KEY), undefined);
    assertSame(
      (await otherStore.search()).items.map(({ name, id }) => [name, id]),
      [
        ["account", "acc-0"],
        ["other", "acc-1"],
        ["account", "acc-2"],
      ],
    );
    await store.save(aProjection(), { unchangedSince: undefined });
    assert.equal(await otherStore.count(), 4);
  }),
  projectionTest(
    "deleting",
    "without a version every version is deleted, with a version only that one",
    async ({ store }) => {
      const both = [1, 2].map((projectorVersion) => aProjection({ projectorVersion }));
      await store.saveMany(both);
      assert.equal(await store.delete({ ...KEY, projectorVersion: 2 }), true);
      assert.equal((await store.load(KEY))?.projectorVersion, 1);
      await store.saveMany(both);
      assert.equal(await store.delete(KEY), true);
      for (const { projectorVersion } of both) assert.equal(await store.load({ ...KEY, projectorVersion }), undefined);
    },
  ),
  projectionTest(
    "deleting",
    "clearing a name deletes all of it, and which version was active",
    async ({ store, otherStore }) => {
      await store.saveMany([
        ...someProjections(30),
        ...someProjections(4, { projectorVersion: 2 }),
        aProjection({ name: "other" }),
      ]);
      assert.equal(await store.clear("account"), 34);
      assertSame([await otherStore.count(), await otherStore.activeVersion("account")], [1, undefined]);
      assert.equal(await store.clear("account"), 0);
      await store.save(aProjection({ projectorVersion: 2 }));
      assert.equal(await otherStore.activeVersion("account"), 2);
    },
  ),
  projectionTest(
    "deleting",
    "clearing a version leaves the others, and the active version, as they are",
    async ({ store }) => {
      await store.saveMany([...someProjections(5), ...someProjections(7, { projectorVersion: 2 })]);
      assert.equal(await store.clear("account", { projectorVersion: 2 }), 7);
      assert.equal(await store.count(), 5);
      assert.equal(await store.clear("account", { projectorVersion: 1 }), 5);
      assertSame([await store.count(), await store.activeVersion("account")], [0, 1]);
    },
  ),
];
