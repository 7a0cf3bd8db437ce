import assert from "node:assert/strict";
import { rejectsWith, rejectsWithClass } from "../../event-storage/observe/rejection.ts";
import { assertSame } from "../../event-storage/observe/same.ts";
import { aProjection } from "../observe/a-projection.ts";
import { type ProjectionRuleTest, projectionTest } from "../projection-rule-test.ts";

const KEY = { name: "account", id: "acc-1" };

/** Saving one projection, with and without what was seen before. */
export const saving: readonly ProjectionRuleTest[] = [
  projectionTest(
    "saving",
    "what was saved is loaded, by another adapter or store too",
    async ({ store, otherStore }) => {
      const projections = [
        aProjection({ metadata: { events: 3, at: null }, lastSequenceNumber: Number.MAX_SAFE_INTEGER }),
        aProjection({ name: "total", id: "all", source: { kind: "log" }, lastSequenceNumber: 0, state: null }),
        aProjection({
          name: "per-category",
          id: "x",
          source: { kind: "category", category: "c" },
          projectorVersion: 2_147_483_647,
        }),
      ];
      for (const projection of projections) await store.save(projection);
      for (const projection of projections) {
        assertSame({ ...(await store.load(projection)) }, projection);
        assertSame({ ...(await otherStore.load(projection)) }, projection);
      }
    },
  ),
  projectionTest(
    "saving",
    "saving again replaces only the projection of that name, version and id",
    async ({ store }) => {
      const others = [
        aProjection({ id: "acc-2" }),
        aProjection({ projectorVersion: 2 }),
        aProjection({ name: "Account" }),
        aProjection({ id: "ACC-1" }),
      ];
      await store.saveMany([aProjection(), ...others]);
      const again = aProjection({
        state: ["other"],
        metadata: { m: 1 },
        source: { kind: "log" },
        lastSequenceNumber: 9,
      });
      await store.save(again);
      for (const expected of [again, ...others]) assertSame({ ...(await store.load(expected)) }, expected);
    },
  ),
  projectionTest(
    "saving",
    "without unchangedSince, what is stored is replaced, whether it is newer or not",
    async ({ store }) => {
      await store.save(aProjection({ lastSequenceNumber: 9 }));
      await store.save(aProjection({ lastSequenceNumber: 3 }));
      assert.equal((await store.load(KEY))?.lastSequenceNumber, 3);
    },
  ),
  projectionTest("saving", "a save with unchangedSince goes through if that is what is stored", async ({ store }) => {
    await store.save(aProjection({ lastSequenceNumber: 3 }), { unchangedSince: await store.load(KEY) });
    await store.save(aProjection({ lastSequenceNumber: 7 }), { unchangedSince: await store.load(KEY) });
    assert.equal((await store.load(KEY))?.lastSequenceNumber, 7);
  }),
  projectionTest("saving", "a save with any other unchangedSince is a ProjectionConflictError", async ({ store }) => {
    const seen = aProjection({ lastSequenceNumber: 3 });
    const none = await rejectsWith(store.save(aProjection(), { unchangedSince: seen }), "PROJECTION_CONFLICT");
    assertSame([none.expectedSequenceNumber, none.storedSequenceNumber, none.isRetryable], [3, undefined, false]);
    await store.save(aProjection({ lastSequenceNumber: 5 }));
    const newer = await rejectsWith(store.save(aProjection(), { unchangedSince: seen }), "PROJECTION_CONFLICT");
    assertSame([newer.projection, newer.id, newer.projectorVersion], ["account", "acc-1", 1]);
    assertSame([newer.expectedSequenceNumber, newer.storedSequenceNumber], [3, 5]);
    const some = await rejectsWith(store.save(aProjection(), { unchangedSince: undefined }), "PROJECTION_CONFLICT");
    assertSame([some.expectedSequenceNumber, some.storedSequenceNumber], [undefined, 5]);
    assert.equal((await store.load(KEY))?.lastSequenceNumber, 5);
  }),
  projectionTest(
    "saving",
    "unchangedSince looks at the version that is saved, whichever is active",
    async ({ store }) => {
      await store.save(aProjection({ lastSequenceNumber: 5 }));
      await store.save(aProjection({ projectorVersion: 2 }), { unchangedSince: undefined });
      assert.equal((await store.load({ ...KEY, projectorVersion: 2 }))?.lastSequenceNumber, 1);
    },
  ),
  projectionTest(
    "saving",
    "one of several rivals that saw the same goes through, and is what is stored",
    async ({ store, otherStore, sizes }) => {
      await store.save(aProjection({ lastSequenceNumber: 1 }));
      for (let round = 0; round < sizes.repeats; round += 1) {
        const seen = await store.load(KEY);
        const last = (seen?.lastSequenceNumber ?? 0) + 1;
        const outcomes = await Promise.allSettled(
          Array.from({ length: sizes.writers }, (_, n) =>
            (n % 2 === 0 ? store : otherStore).save(
              aProjection({ state: { n, round }, lastSequenceNumber: last + n }),
              {
                unchangedSince: seen,
              },
            ),
          ),
        );
        const winners = outcomes.flatMap(({ status }, n) => (status === "fulfilled" ? [n] : []));
        assert.equal(winners.length, 1, `winners in round ${round}`);
        assertSame((await otherStore.load(KEY))?.state, { n: winners[0], round });
      }
    },
  ),
  projectionTest(
    "saving",
    "names and ids are refused when they break the rules, before anything is stored",
    async ({ store }) => {
      for (const bad of ["", "a\u0000", "line\nbreak", "\ud83d", "x".repeat(513)]) {
        await rejectsWith(store.save(aProjection({ name: bad })), "INVALID_NAME");
        await rejectsWith(store.saveMany([aProjection(), aProjection({ id: bad })]), "INVALID_NAME");
      }
      assert.equal(await store.count(), 0);
    },
  ),
  projectionTest("saving", "names and ids are kept exactly, odd ones too", async ({ store, otherStore }) => {
    const odd = [
      "\u{1f600}".repeat(512),
      "'; drop table x; --",
      "%_\\",
      "e\u0301",
      "\u00e9",
      " a ",
      "a/b",
      '"',
      "$1",
      "__proto__",
    ];
    const projections = odd.flatMap((text) => [aProjection({ name: text }), aProjection({ id: text })]);
    const sources = projections.map((projection) =>
      projection.id.length > 512 ? { ...projection, source: { kind: "log" } as const } : projection,
    );
    await store.saveMany(sources);
    for (const expected of sources) assertSame({ ...(await otherStore.load(expected)) }, expected);
    assert.equal(await store.count(), sources.length);
  }),
  projectionTest("saving", "versions and sequence numbers out of bounds are RangeErrors", async ({ store }) => {
    for (const projectorVersion of [0, -1, 1.5, 2_147_483_648, Number.NaN]) {
      await rejectsWithClass(store.save(aProjection({ projectorVersion })), RangeError);
    }
    for (const lastSequenceNumber of [-1, 0.5, 2 ** 53, Number.NaN]) {
      await rejectsWithClass(store.save(aProjection({ lastSequenceNumber })), RangeError);
    }
    assert.equal(await store.count(), 0);
  }),
];
