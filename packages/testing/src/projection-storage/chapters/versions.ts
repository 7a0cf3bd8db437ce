import assert from "node:assert/strict";
import type { ProjectionStore } from "@eventfold/projections";
import { assertSame } from "../../event-storage/observe/same.ts";
import { aProjection, someProjections } from "../observe/a-projection.ts";
import { type ProjectionRuleTest, projectionTest } from "../projection-rule-test.ts";

const KEY = { name: "account", id: "acc-1" };

/** The version that a reader sees by every way of reading, or `undefined` if it sees nothing. */
async function versionsSeen(store: ProjectionStore): Promise<readonly (number | undefined)[]> {
  const { source } = aProjection();
  const narrowed = await store.search({}, { name: "account" });
  const everywhere = await store.search();
  const found = [
    await store.load(KEY),
    (await store.loadMany({ name: "account", ids: ["acc-1"] }))[0],
    await store.locate({ name: "account", source }),
    await store.lookup({}, { name: "account" }),
    await store.lookup({}),
    narrowed.items[0],
    everywhere.items[0],
  ];
  assertSame(
    [narrowed.items.length, everywhere.items.length],
    [await store.count({}, { name: "account" }), await store.count()],
  );
  return [...new Set(found.map((projection) => projection?.projectorVersion))];
}

/** Several versions, one of them active. */
export const versions: readonly ProjectionRuleTest[] = [
  projectionTest(
    "versions",
    "a name has no active version until something is saved or activated under it",
    async ({ store }) => {
      assert.equal(await store.activeVersion("account"), undefined);
      assertSame(await versionsSeen(store), [undefined]);
    },
  ),
  projectionTest(
    "versions",
    "the first version that is saved is active, whatever its number; later ones are not",
    async ({ store, otherStore }) => {
      await store.save(aProjection({ projectorVersion: 3 }));
      await store.save(aProjection({ projectorVersion: 4 }));
      await store.save(aProjection({ projectorVersion: 2 }));
      assert.equal(await otherStore.activeVersion("account"), 3);
      assertSame(await versionsSeen(otherStore), [3]);
    },
  ),
  projectionTest(
    "versions",
    "of several versions saved at once, the first of each name is active",
    async ({ store }) => {
      await store.saveMany([
        aProjection({ projectorVersion: 2 }),
        aProjection({ projectorVersion: 1 }),
        aProjection({ name: "other", projectorVersion: 1 }),
        aProjection({ name: "other", projectorVersion: 2 }),
      ]);
      assertSame([await store.activeVersion("account"), await store.activeVersion("other")], [2, 1]);
    },
  ),
  projectionTest(
    "versions",
    "activating switches every way of reading, and returns the version that was active",
    async ({ store, otherStore }) => {
      await store.saveMany([aProjection(), aProjection({ projectorVersion: 2, state: "new" })]);
      assertSame(await versionsSeen(otherStore), [1]);
      assert.equal(await store.activate({ name: "account", projectorVersion: 2 }), 1);
      assertSame(await versionsSeen(otherStore), [2]);
      assert.equal(await otherStore.activate({ name: "account", projectorVersion: 2 }), 2);
      assert.equal(await otherStore.activate({ name: "account", projectorVersion: 1 }), 2);
      assertSame(await versionsSeen(store), [1]);
    },
  ),
  projectionTest(
    "versions",
    "a version under which nothing is stored can be active: readers then see nothing",
    async ({ store }) => {
      assert.equal(await store.activate({ name: "account", projectorVersion: 7 }), undefined);
      await store.save(aProjection());
      assertSame([await store.activeVersion("account"), ...(await versionsSeen(store))], [7, undefined]);
    },
  ),
  projectionTest("versions", "a version that is asked for is read, whether it is active or not", async ({ store }) => {
    await store.saveMany([...someProjections(3), ...someProjections(2, { projectorVersion: 2 })]);
    const scope = { name: "account", projectorVersion: 2 };
    assert.equal((await store.load({ ...KEY, projectorVersion: 2 }))?.projectorVersion, 2);
    const many = await store.loadMany({ ...scope, ids: ["acc-1", "acc-2"] }); // only version 1 has the second of them
    assertSame(
      many.map(({ id, projectorVersion }) => [id, projectorVersion]),
      [["acc-1", 2]],
    );
    assert.equal((await store.locate({ ...scope, source: aProjection().source }))?.projectorVersion, 2);
    assertSame([await store.count({}, scope), (await store.search({}, scope)).items.length], [2, 2]);
    assertSame([await store.count({}, { name: "account" }), await store.count()], [3, 3]);
  }),
  projectionTest("versions", "each name has its own active version", async ({ store }) => {
    await store.saveMany(
      ["a", "b", "c"].flatMap((name) => [1, 2].map((projectorVersion) => aProjection({ name, projectorVersion }))),
    );
    await store.activate({ name: "b", projectorVersion: 2 });
    const { items } = await store.search();
    assertSame(
      items.map(({ name, projectorVersion }) => [name, projectorVersion]),
      [
        ["a", 1],
        ["b", 2],
        ["c", 1],
      ],
    );
  }),
  projectionTest(
    "versions",
    "readers during a switch see one version or the other, never parts of both",
    async ({ store, otherStore, sizes }) => {
      await store.saveMany([...someProjections(40), ...someProjections(70, { projectorVersion: 2 })]);
      const rounds = sizes.repeats * 10;
      let round = 0;
      const switching = async (): Promise<void> => {
        try {
          for (; round < rounds; round += 1) {
            await store.activate({ name: "account", projectorVersion: (round % 2) + 1 });
          }
        } finally {
          round = rounds; // the reader ends with it, however it ends
        }
      };
      const reading = async (): Promise<void> => {
        for (let reads = 1; ; reads += 1) {
          const { items } = await otherStore.search({}, { name: "account" });
          const seen = new Set(items.map(({ projectorVersion }) => projectorVersion));
          assertSame([seen.size, items.length], [1, seen.has(1) ? 40 : 70]);
          assert.ok([40, 70].includes(await otherStore.count()));
          if (round >= rounds) return;
          if (reads % 64 === 0) await new Promise(setImmediate); // or a switch that hangs would never be timed out
        }
      };
      const outcomes = await Promise.allSettled([switching(), reading()]);
      for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
    },
  ),
];
