import assert from "node:assert/strict";
import { ProjectionStore } from "@eventfold/projections";
import { parseJson } from "@eventfold/types";
import { assertCode, rejectsWith } from "../../event-storage/observe/rejection.ts";
import { assertSame } from "../../event-storage/observe/same.ts";
import { KEPT_VALUES } from "../../event-storage/rules/json-values.ts";
import { aProjection, someProjections } from "../observe/a-projection.ts";
import { everyProjectionCall, everyProjectionStoreCall } from "../observe/every-projection-call.ts";
import { inProjectionTransaction } from "../observe/in-projection-transaction.ts";
import { type ProjectionRuleTest, projectionTest, projectionTestNeeding } from "../projection-rule-test.ts";

/** Opening and closing. */
export const projectionLifeCycle: readonly ProjectionRuleTest[] = [
  projectionTest(
    "life cycle",
    "close is idempotent, one after another and at once, and isClosed says so",
    async ({ adapter }) => {
      await Promise.all([adapter.close(), adapter.close()]);
      await adapter[Symbol.asyncDispose]();
      assert.equal(adapter.isClosed, true);
    },
  ),
  projectionTest(
    "life cycle",
    "use after close rejects with AdapterClosedError, by every method of adapter and store",
    async ({ adapter, store }) => {
      await store.save(aProjection());
      const calls = [...everyProjectionCall(adapter.storage), ...everyProjectionStoreCall(store)];
      if (adapter.transaction !== undefined) {
        calls.push(["transaction", () => inProjectionTransaction(adapter, async () => 1)]);
      }
      await adapter.close();
      for (const [name, call] of calls) {
        await rejectsWith(call(), "ADAPTER_CLOSED").catch((error) => assert.fail(`${name}: ${error.message}`));
      }
    },
  ),
  projectionTest(
    "life cycle",
    "close waits for saves in flight: each is either done or rejected",
    async ({ adapter, store, sizes }) => {
      const saves = Array.from({ length: sizes.writers * 2 }, (_, n) => store.save(aProjection({ id: `acc-${n}` })));
      let settledCount = 0;
      for (const save of saves) save.catch(() => {}).finally(() => (settledCount += 1));
      await adapter.close();
      await new Promise(setImmediate); // what has been answered reaches its caller
      assert.equal(settledCount, saves.length, "saves that were settled once close had ended");
    },
  ),
  projectionTestNeeding(
    "transactions",
    projectionTest("life cycle", "close waits for a transaction, which commits", async ({ adapter, store }) => {
      const started = Promise.withResolvers<void>();
      const mayEnd = Promise.withResolvers<void>();
      const transaction = inProjectionTransaction(adapter, async (opened) => {
        started.resolve();
        await mayEnd.promise;
        await store.within(opened).save(aProjection());
        return "committed";
      });
      await Promise.race([started.promise, transaction]);
      let hasClosed = false;
      const closing = adapter.close().then(() => {
        hasClosed = true;
      });
      for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
      assert.equal(hasClosed, false, "the adapter closed while a transaction was open");
      mayEnd.resolve();
      assert.equal(await transaction, "committed");
      await closing;
    }),
  ),
  projectionTestNeeding(
    "transactions",
    projectionTest(
      "life cycle",
      "close from inside a transaction of one's own rejects with NestedPublishError, and everything goes on",
      async ({ adapter, store }) => {
        // Not awaited in there: an adapter that waits for the transaction would wait forever.
        const [closing] = await inProjectionTransaction(adapter, async (opened) => {
          const closings = Promise.allSettled([adapter.close(), adapter[Symbol.asyncDispose]()]);
          await store.within(opened).save(aProjection());
          return [closings] as const;
        });
        for (const outcome of await closing) {
          assert.equal(outcome.status, "rejected", "a close");
          assertCode(outcome.reason, "NESTED_PUBLISH");
        }
        assert.equal(adapter.isClosed, false, "isClosed");
        await store.save(aProjection({ id: "acc-2" }));
        assert.equal(await store.count(), 2);
      },
    ),
  ),
  projectionTestNeeding(
    "durable",
    projectionTest(
      "life cycle",
      "what was saved is there, unchanged, when the storage is opened again",
      async ({ adapter, store, open }) => {
        const kept = KEPT_VALUES.map(([, value], n) => aProjection({ id: `kept-${n}`, state: value, metadata: value }));
        await store.saveMany([...kept, ...someProjections(50, { projectorVersion: 2 })]);
        await store.activate({ name: "account", projectorVersion: 2 });
        await adapter.close();
        const again = new ProjectionStore({ adapter: await open() });
        assertSame([await again.count(), await again.activeVersion("account")], [50, 2]);
        for (const { id, name, state } of kept) {
          assertSame((await again.load({ name, id, projectorVersion: 1 }))?.state, parseJson(JSON.stringify(state)));
        }
        await rejectsWith(
          again.save(aProjection({ id: "kept-0" }), { unchangedSince: undefined }),
          "PROJECTION_CONFLICT",
        );
      },
    ),
  ),
];
