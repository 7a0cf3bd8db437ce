import assert from "node:assert/strict";
import { type Projection, ProjectionStore } from "@eventfold/projections";
import { countDocuments, keysetPage, offsetPage, type SearchQuery, searchDocuments, sortBy } from "@eventfold/query";
import { rejectionOf, rejectsWith } from "../../event-storage/observe/rejection.ts";
import { assertSame } from "../../event-storage/observe/same.ts";
import { aProjection, someProjections } from "../observe/a-projection.ts";
import { generatedQuery } from "../observe/generated-query.ts";
import { generatedState } from "../observe/generated-state.ts";
import { inProjectionTransaction } from "../observe/in-projection-transaction.ts";
import { type ProjectionRuleTest, projectionTest, projectionTestNeeding } from "../projection-rule-test.ts";

async function idsOf(projections: AsyncIterable<Projection>): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { id } of projections) ids.push(id);
  return ids;
}

/** Going through everything that a search finds, and counting it. */
export const queriesToTheEnd: readonly ProjectionRuleTest[] = [
  projectionTest(
    "queries",
    "going through all finds each once, even if others come and go",
    async ({ store, otherStore, random }) => {
      const projections = Array.from({ length: 60 }, (_, n) => aProjection({ id: `acc-${n}`, state: { rank: n % 7 } }));
      await store.saveMany(projections);
      const seen: string[] = [];
      for await (const each of otherStore.all({ sort: [sortBy("state.rank", "desc")] }, { pageSize: 7 })) {
        if (each.id.startsWith("new")) continue;
        seen.push(each.id);
        if (seen.length % 5 !== 0) continue;
        await store.delete(each);
        await store.save(aProjection({ id: `new-${seen.length}`, state: { rank: random.integer(0, 6) } }));
      }
      assertSame(seen.toSorted(), projections.map(({ id }) => id).toSorted());
    },
  ),
  projectionTest(
    "queries",
    "going through all of a name stays in one version, even if another is activated meanwhile",
    async ({ store, otherStore }) => {
      await store.saveMany([...someProjections(9), ...someProjections(9, { projectorVersion: 2 })]);
      const versions: number[] = [];
      for await (const { projectorVersion } of otherStore.all({}, { name: "account", pageSize: 2 })) {
        versions.push(projectorVersion);
        if (versions.length === 1) await store.activate({ name: "account", projectorVersion: 2 });
      }
      assertSame(versions, Array(9).fill(1));
      assertSame((await idsOf(otherStore.all({}, { name: "account", projectorVersion: 1, pageSize: 4 }))).length, 9);
      assertSame(await idsOf(otherStore.all({}, { name: "nothing" })), []);
    },
  ),
  projectionTest("queries", "going through all ends with its signal, its loop or the adapter", async ({ open }) => {
    const adapter = await open();
    const store = new ProjectionStore({ adapter });
    await store.saveMany(someProjections(9));
    const [reason, seen, abort] = [new Error("enough"), [] as string[], new AbortController()];
    const aborted = (async () => {
      for await (const { id } of store.all({}, { pageSize: 4, signal: abort.signal })) {
        seen.push(id);
        if (seen.length === 2) abort.abort(reason);
      }
    })();
    assert.equal(await rejectionOf(aborted), reason);
    assertSame(seen, ["acc-0", "acc-1"]);
    assert.equal(await rejectionOf(idsOf(store.all({}, { signal: abort.signal }))), reason);
    for await (const { id } of store.all({}, { pageSize: 4 })) {
      seen.push(id);
      if (id === "acc-5") break;
    }
    assert.equal(seen.length, 2 + 6);
    for (const pageSize of [0, 1_001, 1.5]) await rejectsWith(idsOf(store.all({}, { pageSize })), "INVALID_QUERY");
    const bad = { paging: { kind: "keyset", size: 0 } } as const;
    for (const call of [idsOf(store.all(bad)), store.count(bad)]) {
      assert.equal((await rejectsWith(call, "INVALID_QUERY")).path, "paging.size");
    }
    const closing = (async () => {
      for await (const { id } of store.all({}, { pageSize: 4 })) if (id === "acc-1") await adapter.close();
    })();
    await rejectsWith(closing, "ADAPTER_CLOSED");
  }),
  projectionTestNeeding(
    "transactions",
    projectionTest(
      "queries",
      "going through all in a transaction sees what it has written",
      async ({ adapter, store }) => {
        await store.saveMany(someProjections(3));
        await inProjectionTransaction(adapter, async (transaction) => {
          const inside = store.within(transaction);
          await inside.save(aProjection({ id: "acc-3" }));
          await inside.delete({ name: "account", id: "acc-0" });
          assertSame(await idsOf(inside.all({}, { pageSize: 1 })), ["acc-1", "acc-2", "acc-3"]);
          assertSame(await idsOf(store.all({}, { pageSize: 1 })), ["acc-0", "acc-1", "acc-2"]);
        });
      },
    ),
  ),
  projectionTest(
    "queries",
    "generated searches find and count the same in total as the reference, whatever page is asked for",
    async ({ store, otherStore, random, sizes }) => {
      const documents = Array.from({ length: 60 }, (_, n) =>
        aProjection({ id: random.pick(["a", "A", "\uff5e", "\u{1f600}"]) + n, state: generatedState(random, 3) }),
      );
      await store.saveMany(documents);
      for (let n = 0; n < sizes.queries / 4; n += 1) {
        const query: SearchQuery = generatedQuery(random);
        const expected = searchDocuments(documents, { ...query, paging: keysetPage({ size: 100 }) }).items;
        const paging = random.pick([undefined, keysetPage({ size: 3 }), offsetPage({ number: 2, size: 7 })]);
        const asked = { ...query, paging };
        const pageSize = random.pick([1, 7, 60, undefined]);
        assertSame(
          await idsOf(otherStore.all(asked, { pageSize })),
          expected.map(({ id }) => id),
          JSON.stringify(asked),
        );
        assertSame(
          [await otherStore.count(asked), countDocuments(documents, asked)],
          [expected.length, expected.length],
          JSON.stringify(asked),
        );
      }
    },
  ),
];
