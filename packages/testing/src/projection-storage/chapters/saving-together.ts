import assert from "node:assert/strict";
import { rejectsWith, rejectsWithClass } from "../../event-storage/observe/rejection.ts";
import { assertSame } from "../../event-storage/observe/same.ts";
import { aProjection, someProjections } from "../observe/a-projection.ts";
import { type ProjectionRuleTest, projectionTest } from "../projection-rule-test.ts";

/** Saving many projections in one call. */
export const savingTogether: readonly ProjectionRuleTest[] = [
  projectionTest("saving", "many are saved in one call, and replaced in one", async ({ store, otherStore }) => {
    const projections = someProjections(2_500);
    await store.saveMany(projections);
    assert.equal(await otherStore.count(), 2_500);
    const changed = projections.map((projection, n) => ({
      ...projection,
      state: { changed: n },
      lastSequenceNumber: 2,
    }));
    await store.saveMany(changed, { unchangedSince: projections });
    for (const n of [0, 1, 999, 1_000, 1_001, 2_499]) {
      assertSame((await otherStore.load({ name: "account", id: `acc-${n}` }))?.state, { changed: n });
    }
  }),
  projectionTest("saving", "saving none does nothing", async ({ store }) => {
    await store.saveMany([]);
    assert.equal(await store.count(), 0);
    assert.equal(await store.activeVersion("account"), undefined);
  }),
  projectionTest("saving", "the same projection twice in one call is a RangeError", async ({ store }) => {
    await rejectsWithClass(store.saveMany([aProjection(), aProjection()]), RangeError);
    assert.equal(await store.count(), 0);
  }),
  projectionTest(
    "saving",
    "if there is one conflict, nothing is saved; the error lists all conflicts in order",
    async ({ store }) => {
      await store.saveMany(someProjections(3));
      const seen = [
        { ...aProjection({ id: "acc-0" }), lastSequenceNumber: 1 },
        { ...aProjection({ id: "acc-1" }), lastSequenceNumber: 8 },
      ];
      const next = someProjections(5, { state: "new", lastSequenceNumber: 9 });
      const error = await rejectsWith(store.saveMany(next, { unchangedSince: seen }), "PROJECTION_CONFLICT");
      assertSame(
        error.conflicts.map(({ id, expectedSequenceNumber, storedSequenceNumber }) => [
          id,
          expectedSequenceNumber,
          storedSequenceNumber,
        ]),
        [
          ["acc-1", 8, 1],
          ["acc-2", undefined, 1],
        ],
      );
      assert.equal(await store.count(), 3);
      assertSame((await store.load({ name: "account", id: "acc-0" }))?.state, { n: 0 });
    },
  ),
  projectionTest("saving", "if one projection cannot be stored, nothing is saved", async ({ store }) => {
    const bad = aProjection({ id: "bad", state: { total: Number.NaN } });
    const error = await rejectsWith(store.saveMany([aProjection(), bad]), "INVALID_PROJECTION");
    assertSame([error.projection, error.path], ["account", "state.total"]);
    assert.equal(await store.count(), 0);
  }),
  projectionTest(
    "saving",
    "saves of overlapping projections in opposite orders all go through",
    async ({ store, otherStore, sizes, random }) => {
      const projections = someProjections(60);
      for (let round = 0; round < sizes.repeats; round += 1) {
        await Promise.all(
          Array.from({ length: sizes.writers }, (_, n) =>
            (n % 2 === 0 ? store : otherStore).saveMany(
              random.shuffle(projections).map((projection) => ({ ...projection, state: { writer: n } })),
            ),
          ),
        );
        const { items } = await otherStore.search();
        assertSame(items.length, 60);
        assertSame(
          items.map(({ state }) => state),
          Array.from(items, () => items[0]?.state),
        );
      }
    },
  ),
];
