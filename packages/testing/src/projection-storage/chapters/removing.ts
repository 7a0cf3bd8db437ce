import assert from "node:assert/strict";
import type { Projection } from "@eventfold/projections";
import { filter, keysetPage, sortBy } from "@eventfold/query";
import { rejectionOf, rejectsWith } from "../../event-storage/observe/rejection.ts";
import { assertSame } from "../../event-storage/observe/same.ts";
import { aProjection, someProjections } from "../observe/a-projection.ts";
import { inProjectionTransaction } from "../observe/in-projection-transaction.ts";
import { type ProjectionRuleTest, projectionTest, projectionTestNeeding } from "../projection-rule-test.ts";

const KEY = { name: "account", id: "acc-1" };
const REMOVED = { ...KEY, includeRemoved: true };

const account = (lastSequenceNumber: number, own: Partial<Projection> = {}): Projection =>
  aProjection({ lastSequenceNumber, lastPosition: lastSequenceNumber - 1, ...own });
const removed = (lastSequenceNumber: number, own: Partial<Projection> = {}): Projection =>
  account(lastSequenceNumber, { isRemoved: true, state: { owner: "", balance: 0 }, ...own });

/** Projections that an event has removed: not there, but what they have read is remembered. */
export const removing: readonly ProjectionRuleTest[] = [
  projectionTest("removing", "what is saved as removed is found by no read that does not ask for it", async (stage) => {
    const { store, otherStore } = stage;
    const kept = someProjections(5, { lastSequenceNumber: 3 }).filter(({ id }) => id !== "acc-1");
    await store.saveMany([...kept, account(3)]);
    await store.saveMany([removed(5), removed(5, { id: "new" })]);
    const ids = ["acc-1", "acc-2", "new"];
    assertSame([await otherStore.load(KEY), await otherStore.load({ ...KEY, id: "new" })], [undefined, undefined]);
    assertSame(
      (await otherStore.loadMany({ name: "account", ids })).map(({ id }) => id),
      ["acc-2"],
    );
    assert.equal(await otherStore.locate({ name: "account", source: removed(5).source }), undefined);
    assert.equal(await otherStore.lookup({ filters: [filter("id", "equal", "acc-1")] }), undefined);
    for (const scope of [{}, { name: "account" }, { name: "account", projectorVersion: 1 }]) {
      assert.equal(await otherStore.count({}, scope), 4);
      const found: string[] = [];
      for (const sort of [[], [sortBy("state.n", "desc")], [sortBy("state.balance")]]) {
        const { items } = await otherStore.search({ sort, paging: keysetPage({ size: 100 }) }, scope);
        found.push(items.map(({ id }) => id).join());
      }
      assertSame(found, ["acc-0,acc-2,acc-3,acc-4", "acc-4,acc-3,acc-2,acc-0", "acc-0,acc-2,acc-3,acc-4"]);
    }
  }),
  projectionTest(
    "removing",
    "who asks for removed ones gets them as they were saved",
    async ({ adapter, ...stage }) => {
      const { store, otherStore } = stage;
      await store.saveMany([account(3), account(4, { id: "acc-2" })]);
      await store.save(removed(5));
      assertSame(await otherStore.load(REMOVED), removed(5));
      assertSame(await otherStore.loadMany({ name: "account", ids: ["acc-1", "acc-2"], includeRemoved: true }), [
        removed(5),
        account(4, { id: "acc-2" }),
      ]);
      const { source } = removed(5);
      assertSame(await otherStore.locate({ name: "account", source, includeRemoved: true }), removed(5));
      const start = { name: "account", projectorVersion: 1, source: { kind: "log" }, ids: ["acc-1"] } as const;
      assertSame((await adapter.storage.startingPoint(start)).projections, [removed(5)]);
    },
  ),
  projectionTest("removing", "who saw nothing creates it anew, but only from what it had not read", async (stage) => {
    const { store, otherStore } = stage;
    await store.save(removed(5));
    for (const stale of [4, 5]) {
      const error = await rejectsWith(store.save(account(stale), { unchangedSince: undefined }), "PROJECTION_CONFLICT");
      const { id, expectedSequenceNumber, storedSequenceNumber } = error;
      assertSame([id, expectedSequenceNumber, storedSequenceNumber], ["acc-1", undefined, 5]);
      assertSame(await otherStore.load(REMOVED), removed(5));
    }
    await rejectsWith(store.save(removed(5), { unchangedSince: undefined }), "PROJECTION_CONFLICT");
    await store.save(account(6), { unchangedSince: undefined });
    assertSame(await otherStore.load(KEY), account(6));
    await rejectsWith(store.save(account(7), { unchangedSince: undefined }), "PROJECTION_CONFLICT");
  }),
  projectionTest("removing", "who saw the removed one saves over it, and others do not", async (stage) => {
    const { store, otherStore } = stage;
    await store.save(removed(5));
    const stale = store.save(account(9), { unchangedSince: account(3) });
    assert.equal((await rejectsWith(stale, "PROJECTION_CONFLICT")).storedSequenceNumber, 5);
    await store.saveMany([account(9), account(9, { id: "acc-2" })], { unchangedSince: [removed(5)] });
    assertSame([await otherStore.load(KEY), await otherStore.count()], [account(9), 2]);
    await store.save(removed(10), { unchangedSince: account(9) });
    assertSame([await otherStore.load(KEY), await otherStore.count()], [undefined, 1]);
    await store.save(account(2));
    assertSame(await otherStore.load(KEY), account(2));
  }),
  projectionTest(
    "removing",
    "of rivals who create one anew, one goes through",
    async ({ sizes, store, otherStore }) => {
      for (let round = 0; round < sizes.repeats; round++) {
        const id = `acc-${round}`;
        await store.save(removed(5, { id }));
        const rivals = Array.from({ length: sizes.writers }, (_, n) =>
          (n % 2 === 0 ? store : otherStore)
            .save(account(6 + n, { id }), { unchangedSince: undefined })
            .then(() => 6 + n)
            .catch((error) => {
              if (error.code !== "PROJECTION_CONFLICT") throw error;
            }),
        );
        const winners = (await Promise.all(rivals)).filter((each) => each !== undefined);
        assert.equal(winners.length, 1);
        assert.equal((await otherStore.load({ name: "account", id }))?.lastSequenceNumber, winners[0]);
      }
    },
  ),
  projectionTest("removing", "deleting and clearing forget removed ones, and do not count them", async (stage) => {
    const { store, otherStore } = stage;
    await store.saveMany([removed(5), removed(5, { projectorVersion: 2 }), account(3, { id: "acc-2" })]);
    assert.equal(await store.delete(KEY), false);
    for (const projectorVersion of [1, 2]) {
      assert.equal(await otherStore.load({ ...REMOVED, projectorVersion }), undefined);
    }
    await store.saveMany([removed(5), removed(5, { id: "acc-3" }), removed(5, { projectorVersion: 2 })]);
    assert.equal(await store.clear("account", { projectorVersion: 1 }), 1);
    assert.equal(await otherStore.load({ ...REMOVED, projectorVersion: 1 }), undefined);
    assert.equal(await store.clear("account"), 0);
    assert.equal(await otherStore.load({ ...REMOVED, projectorVersion: 2 }), undefined);
    await store.save(account(1), { unchangedSince: undefined });
  }),
  projectionTest("removing", "a removal takes effect in one step with the writes beside it", async (stage) => {
    const { store, otherStore } = stage;
    await store.saveMany([account(3), account(3, { id: "acc-2" })]);
    const merged = [account(7, { state: { balance: 10 } }), removed(7, { id: "acc-2" })];
    await rejectsWith(store.saveMany(merged, { unchangedSince: [account(3)] }), "PROJECTION_CONFLICT");
    assert.equal(await otherStore.count(), 2);
    await store.saveMany(merged, { unchangedSince: [account(3), account(3, { id: "acc-2" })] });
    assertSame(
      (await otherStore.search()).items.map(({ id, state }) => [id, state]),
      [["acc-1", { balance: 10 }]],
    );
  }),
  projectionTest(
    "saving",
    "the position of the last event of a stream comes back, and none where there is none",
    async (stage) => {
      const { store, otherStore } = stage;
      const positions = [0, 7, Number.MAX_SAFE_INTEGER, undefined];
      for (const lastPosition of positions) {
        const { lastPosition: _, ...projection } = account(9);
        await store.save(lastPosition === undefined ? projection : { ...projection, lastPosition });
        const loaded = await otherStore.load(KEY);
        assertSame(
          [loaded?.lastPosition, Object.hasOwn(loaded ?? {}, "lastPosition")],
          [lastPosition, lastPosition !== undefined],
        );
        assertSame((await otherStore.search()).items, [loaded]);
      }
      for (const lastPosition of [-1, 0.5, "1", Number.NaN]) {
        const error = await rejectionOf(store.save({ ...account(9), lastPosition: lastPosition as number }));
        assert.ok(
          error instanceof RangeError && error.message.startsWith('"lastPosition" of a projection must be'),
          String(error),
        );
      }
    },
  ),
  projectionTestNeeding(
    "transactions",
    projectionTest(
      "removing",
      "in a transaction it is gone at once, outside once it commits, and never when it does not",
      async (stage) => {
        const { adapter, store, otherStore } = stage;
        await store.saveMany([account(3), removed(5, { id: "acc-2" })]);
        const change = async (transaction: object): Promise<void> => {
          const inside = store.within(transaction);
          await inside.saveMany([removed(6), account(6, { id: "acc-2" })]);
          assertSame([await inside.load(KEY), await inside.count()], [undefined, 1]);
          assertSame(
            [await inside.load(REMOVED), (await inside.load({ ...KEY, id: "acc-2" }))?.lastSequenceNumber],
            [removed(6), 6],
          );
          assertSame([(await otherStore.load(KEY))?.lastSequenceNumber, await otherStore.count()], [3, 1]);
          assertSame(await otherStore.load({ ...REMOVED, id: "acc-2" }), removed(5, { id: "acc-2" }));
        };
        const back = new Error("back");
        const rolledBack = inProjectionTransaction(adapter, async (transaction) => {
          await change(transaction);
          throw back;
        });
        assert.equal(await rejectionOf(rolledBack), back);
        assertSame(
          [await otherStore.load(KEY), await otherStore.load({ ...KEY, id: "acc-2" })],
          [account(3), undefined],
        );
        await inProjectionTransaction(adapter, change);
        assertSame(
          [await otherStore.load(KEY), await otherStore.load({ ...KEY, id: "acc-2" })],
          [undefined, account(6, { id: "acc-2" })],
        );
      },
    ),
  ),
];
