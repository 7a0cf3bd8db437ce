import assert from "node:assert/strict";
import type { SourceIdentifier } from "@eventfold/types";
import { rejectsWith } from "../../event-storage/observe/rejection.ts";
import { assertSame } from "../../event-storage/observe/same.ts";
import { aProjection, someProjections } from "../observe/a-projection.ts";
import { type ProjectionRuleTest, projectionTest } from "../projection-rule-test.ts";

const SOURCES: readonly SourceIdentifier[] = [
  { kind: "log" },
  { kind: "category", category: "a" },
  { kind: "category", category: "A" },
  { kind: "stream", category: "a", stream: "b" },
  { kind: "stream", category: "a", stream: "B" },
  { kind: "stream", category: "a/b", stream: "c" },
  { kind: "stream", category: "a", stream: "b/c" },
  { kind: "stream", category: "log", stream: "log" },
  { kind: "stream", category: "a", stream: "\u{1f600}'\"%" },
];

/** Loading by id and by source. */
export const loading: readonly ProjectionRuleTest[] = [
  projectionTest("loading", "a projection that was never saved is undefined", async ({ store }) => {
    assert.equal(await store.load({ name: "account", id: "acc-1" }), undefined);
    await store.save(aProjection());
    assert.equal(await store.load({ name: "account", id: "acc-2" }), undefined);
    assert.equal(await store.load({ name: "accounts", id: "acc-1" }), undefined);
    assert.equal(await store.load({ name: "account", id: "acc-1", projectorVersion: 2 }), undefined);
    assert.equal(await store.locate({ name: "account", source: { kind: "log" } }), undefined);
  }),
  projectionTest(
    "loading",
    "many are loaded by their ids, in the order of the ids; those that are not stored are left out",
    async ({ store, otherStore, adapter }) => {
      const strange = ["\u{1f600}", "\uff5e", "A", "a", "'", '"', "\\", "{a,b}", "NULL", "null", "%", "acc-1 "];
      await store.saveMany([...strange, "acc-1"].map((id, n) => aProjection({ id, state: { n } })));
      await store.save(aProjection({ name: "other", id: "acc-2" }));
      await store.save(aProjection({ id: "acc-3", projectorVersion: 2 }));
      const idsOf = async (
        ids: readonly string[],
        own: { readonly projectorVersion?: number } = {},
      ): Promise<unknown> => (await otherStore.loadMany({ name: "account", ids, ...own })).map(({ id }) => id);
      assertSame(await idsOf(["acc-2", ...strange, "nobody", "acc-1", "acc-3"]), [...strange, "acc-1"]);
      assertSame(await idsOf(["acc-1", "a", "acc-1", "A", "a"]), ["acc-1", "a", "A"]);
      assertSame(await idsOf(["acc-1", "acc-3"], { projectorVersion: 2 }), ["acc-3"]);
      assertSame([await idsOf([]), await otherStore.loadMany({ name: "nothing", ids: ["a"] })], [[], []]);
      assertSame(await adapter.storage.loadMany({ name: "account", projectorVersion: undefined, ids: [] }), []);
      assertSame(await store.loadMany({ name: "account", ids: ["acc-1"] }), [
        await store.load({ name: "account", id: "acc-1" }),
      ]);
      await rejectsWith(store.loadMany({ name: "account", ids: ["a", ""] }), "INVALID_NAME");
    },
  ),
  projectionTest(
    "loading",
    "any number is loaded at once, and saved with what was loaded as unchangedSince",
    async ({ store }) => {
      const projections = someProjections(2_500);
      const ids = projections.map(({ id }) => id).toReversed();
      await store.saveMany(projections);
      const seen = await store.loadMany({ name: "account", ids: ["nobody", ...ids] });
      assertSame(
        seen.map(({ id }) => id),
        ids,
      );
      const changed = projections.map((each) => ({ ...each, lastSequenceNumber: 2 }));
      const unseen = aProjection({ id: "nobody" });
      await store.saveMany([...changed, unseen], { unchangedSince: seen });
      await rejectsWith(store.saveMany(changed, { unchangedSince: seen }), "PROJECTION_CONFLICT");
    },
  ),
  projectionTest("loading", "many are loaded from one consistent state", async ({ store, otherStore, sizes }) => {
    const ids = Array.from({ length: 20 }, (_, n) => `acc-${n}`);
    const saved = (round: number) => ids.map((id) => aProjection({ id, state: round }));
    await store.saveMany(saved(0));
    let isOver = false;
    const saving = async (): Promise<void> => {
      try {
        for (let round = 1; round <= sizes.repeats * 4; round += 1) await store.saveMany(saved(round));
      } finally {
        isOver = true; // the reader ends with it, however it ends
      }
    };
    const reading = async (): Promise<void> => {
      while (!isOver) {
        const loaded = await otherStore.loadMany({ name: "account", ids });
        assertSame([loaded.length, new Set(loaded.map(({ state }) => state)).size], [20, 1]);
        await new Promise(setImmediate); // or a save that hangs would never be timed out
      }
    };
    const outcomes = await Promise.allSettled([saving(), reading()]);
    for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
  }),
  projectionTest("loading", "a projection is located by exactly its source", async ({ store, otherStore }) => {
    const projections = SOURCES.map((source, n) => aProjection({ id: `id-${n}`, source }));
    await store.saveMany(projections);
    await store.save(aProjection({ name: "other", id: "x", source: { kind: "log" } }));
    for (const { id, source } of projections) {
      assert.equal((await otherStore.locate({ name: "account", source }))?.id, id, JSON.stringify(source));
    }
    const missing = { kind: "stream", category: "b", stream: "a" } as const;
    assert.equal(await store.locate({ name: "account", source: missing }), undefined);
  }),
  projectionTest(
    "loading",
    "several projections of one source are a MultipleResultsError with the first two ids",
    async ({ store }) => {
      const source = { kind: "log" } as const;
      await store.saveMany(["c", "\uff5e", "a", "\u{1f600}", "b"].map((id) => aProjection({ id, source })));
      assertSame((await rejectsWith(store.locate({ name: "account", source }), "MULTIPLE_RESULTS")).ids, ["a", "b"]);
      const found = await rejectsWith(store.lookup({}), "MULTIPLE_RESULTS");
      assertSame(found.ids, ["a", "b"]);
    },
  ),
  projectionTest(
    "loading",
    "a projection that is saved with another source is located by that one",
    async ({ store }) => {
      await store.save(aProjection({ source: { kind: "log" } }));
      await store.save(aProjection({ source: { kind: "category", category: "a" } }));
      assert.equal(await store.locate({ name: "account", source: { kind: "log" } }), undefined);
      assert.equal((await store.locate({ name: "account", source: { kind: "category", category: "a" } }))?.id, "acc-1");
    },
  ),
];
