import assert from "node:assert/strict";
import type { SourceIdentifier } from "@eventfold/types";
import { rejectsWith } from "../../event-storage/observe/rejection.ts";
import { assertSame } from "../../event-storage/observe/same.ts";
import { aProjection } from "../observe/a-projection.ts";
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
  projectionTest("loading", "what was never saved is undefined", async ({ store }) => {
    assert.equal(await store.load({ name: "account", id: "acc-1" }), undefined);
    await store.save(aProjection());
    assert.equal(await store.load({ name: "account", id: "acc-2" }), undefined);
    assert.equal(await store.load({ name: "accounts", id: "acc-1" }), undefined);
    assert.equal(await store.load({ name: "account", id: "acc-1", projectorVersion: 2 }), undefined);
    assert.equal(await store.locate({ name: "account", source: { kind: "log" } }), undefined);
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
  projectionTest("loading", "what was located moves with its source", async ({ store }) => {
    await store.save(aProjection({ source: { kind: "log" } }));
    await store.save(aProjection({ source: { kind: "category", category: "a" } }));
    assert.equal(await store.locate({ name: "account", source: { kind: "log" } }), undefined);
    assert.equal((await store.locate({ name: "account", source: { kind: "category", category: "a" } }))?.id, "acc-1");
  }),
];
