import assert from "node:assert/strict";
import type { ProjectionStore } from "@eventfold/projections";
import { rejectionOf, rejectsWith } from "../../event-storage/observe/rejection.ts";
import { assertSame } from "../../event-storage/observe/same.ts";
import { aProjection, someProjections } from "../observe/a-projection.ts";
import { everyProjectionCall } from "../observe/every-projection-call.ts";
import { inProjectionTransaction } from "../observe/in-projection-transaction.ts";
import { type ProjectionRuleTest, projectionTest, projectionTestNeeding } from "../projection-rule-test.ts";

const KEY = { name: "account", id: "acc-1" };

const tests: readonly ProjectionRuleTest[] = [
  projectionTest(
    "transactions",
    "what is written in one is seen in it at once, outside once it commits",
    async ({ adapter, store, otherStore }) => {
      await store.saveMany(someProjections(3));
      const result = await inProjectionTransaction(adapter, async (tx) => {
        const inside = store.within(tx);
        await inside.saveMany([
          aProjection({ state: "changed" }),
          aProjection({ id: "new" }),
          aProjection({ projectorVersion: 2 }),
        ]);
        await inside.delete({ name: "account", id: "acc-0" });
        await inside.activate({ name: "account", projectorVersion: 2 });
        assertSame([await inside.count(), await inside.activeVersion("account")], [1, 2]);
        assertSame([await otherStore.count(), await otherStore.activeVersion("account")], [3, 1]);
        assertSame((await otherStore.load(KEY))?.state, { n: 1 });
        const many = { name: "account", ids: ["acc-0", "acc-1", "new"] };
        const idsAndStates = async (each: ProjectionStore, own = {}): Promise<unknown> =>
          (await each.loadMany({ ...many, ...own })).map(({ id, state }) => [id, state]);
        assertSame(await idsAndStates(inside, { projectorVersion: 1 }), [
          ["acc-1", "changed"],
          ["new", aProjection().state],
        ]);
        assertSame(await idsAndStates(inside), [["acc-1", aProjection().state]]);
        assertSame(await idsAndStates(otherStore), [
          ["acc-0", { n: 0 }],
          ["acc-1", { n: 1 }],
        ]);
        return "result";
      });
      assert.equal(result, "result");
      assertSame([await otherStore.count(), await otherStore.activeVersion("account")], [1, 2]);
      assertSame((await otherStore.load({ ...KEY, projectorVersion: 1 }))?.state, "changed");
      assert.equal(await otherStore.load({ name: "account", id: "acc-0", projectorVersion: 1 }), undefined);
    },
  ),
  projectionTest(
    "transactions",
    "a search in one finds what is changed once, as it is now, and not what is deleted",
    async ({ adapter, store }) => {
      await store.saveMany(someProjections(3));
      await inProjectionTransaction(adapter, async (transaction) => {
        const inside = store.within(transaction);
        await inside.save(aProjection({ id: "acc-1", state: "changed" }));
        await inside.delete({ name: "account", id: "acc-2" });
        const { items } = await inside.search({}, { name: "account" });
        assertSame(
          items.map(({ id }) => id),
          ["acc-0", "acc-1"],
        );
        assert.equal(items[1]?.state, "changed");
      });
    },
  ),
  projectionTest(
    "transactions",
    "one that throws leaves nothing, and rejects with the same error",
    async ({ adapter, store, otherStore }) => {
      await store.saveMany(someProjections(3));
      const failure = new Error("own failure");
      const rolledBack = inProjectionTransaction(adapter, async (tx) => {
        const inside = store.within(tx);
        await inside.save(aProjection({ state: "changed" }));
        await inside.clear("account");
        await inside.save(aProjection({ name: "other" }));
        throw failure;
      });
      assert.equal(await rejectionOf(rolledBack), failure);
      assertSame([await otherStore.count(), await otherStore.activeVersion("account")], [3, 1]);
      assert.equal(await otherStore.activeVersion("other"), undefined);
      assertSame((await otherStore.load(KEY))?.state, { n: 1 });
    },
  ),
  projectionTest(
    "transactions",
    "a conflict in one can be caught, and the rest of it commits",
    async ({ adapter, store, otherStore }) => {
      await store.save(aProjection({ lastSequenceNumber: 5 }));
      await inProjectionTransaction(adapter, async (tx) => {
        const inside = store.within(tx);
        await inside.save(aProjection({ id: "before" }));
        await rejectsWith(inside.save(aProjection(), { unchangedSince: undefined }), "PROJECTION_CONFLICT");
        await rejectsWith(inside.save(aProjection({ state: { a: 1n } })), "INVALID_PROJECTION");
        await inside.save(aProjection({ id: "after" }));
      });
      assertSame(
        (await otherStore.search()).items.map(({ id }) => id),
        ["acc-1", "after", "before"],
      );
    },
  ),
  projectionTest(
    "transactions",
    "every call in one that has ended rejects with TransactionEndedError",
    async ({ adapter, store }) => {
      let ended: object = {};
      await inProjectionTransaction(adapter, async (tx) => {
        ended = tx;
        await store.within(tx).save(aProjection());
      });
      const storage = adapter.within(ended);
      assert.equal(storage.isClosed, true);
      for (const [name, call] of everyProjectionCall(storage)) {
        await rejectsWith(call(), "TRANSACTION_ENDED").catch((error) => assert.fail(`${name}: ${error.message}`));
      }
      assert.equal(await store.count(), 1);
    },
  ),
  projectionTest(
    "transactions",
    "a write on the adapter from inside a callback would wait for itself: NestedPublishError",
    async ({ adapter, store }) => {
      await inProjectionTransaction(adapter, async () => {
        await rejectsWith(store.save(aProjection()), "NESTED_PUBLISH");
        await rejectsWith(store.activate({ name: "account", projectorVersion: 1 }), "NESTED_PUBLISH");
        await rejectsWith(store.clear("account"), "NESTED_PUBLISH");
        await rejectsWith(
          inProjectionTransaction(adapter, async () => {}),
          "NESTED_PUBLISH",
        );
      });
      await store.save(aProjection());
      assert.equal(await store.count(), 1);
    },
  ),
  projectionTest(
    "transactions",
    "what is not a transaction of the adapter is an UnsuitableTransactionError",
    async ({ adapter, store }) => {
      for (const stranger of [{}, { storage: {} }, Object.freeze({ kind: "transaction" })]) {
        await rejectsWith((async () => adapter.within(stranger))(), "UNSUITABLE_TRANSACTION");
        await rejectsWith((async () => store.within(stranger))(), "UNSUITABLE_TRANSACTION");
      }
    },
  ),
  projectionTest(
    "transactions",
    "simultaneous transactions and saves all go through, none only in part",
    async ({ adapter, store, otherStore, sizes }) => {
      await store.save(aProjection({ state: 0, lastSequenceNumber: 0 }));
      await Promise.all(
        Array.from({ length: sizes.writers }, async (_, n) => {
          await store.save(aProjection({ id: `single-${n}` }));
          await inProjectionTransaction(adapter, async (tx) => {
            await store.within(tx).saveMany([aProjection({ id: `left-${n}` }), aProjection({ id: `right-${n}` })]);
          });
        }),
      );
      assert.equal(await otherStore.count(), 1 + sizes.writers * 3);
    },
  ),
];

/** Transactions of the projection adapter itself. */
export const projectionTransactions: readonly ProjectionRuleTest[] = tests.map((test) =>
  projectionTestNeeding("transactions", test),
);
