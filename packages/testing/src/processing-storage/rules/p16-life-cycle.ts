import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { assertCode, rejectsWith } from "../../event-storage/observe/rejection.ts";
import { assertSame } from "../../event-storage/observe/same.ts";
import { everyProcessingCall } from "../observe/every-processing-call.ts";
import { inProcessingTransaction } from "../observe/in-processing-transaction.ts";
import { beginNode, checkpointAt, claimOne, eventToPark, leaseOf, move, register } from "../observe/some-processing.ts";
import { type ProcessingRuleTest, processingTest, processingTestNeeding } from "../processing-rule-test.ts";

export const processingLifeCycle: readonly ProcessingRuleTest[] = [
  processingTest(
    "P16",
    "close is idempotent, one after another and at once, and isClosed says so",
    async ({ adapter }) => {
      assertSame([adapter.isClosed, adapter.storage.isClosed], [false, false]);
      await Promise.all([adapter.close(), adapter.close()]);
      await adapter[Symbol.asyncDispose]();
      assertSame([adapter.isClosed, adapter.storage.isClosed], [true, true]);
    },
  ),
  processingTest("P16", "use after close rejects with AdapterClosedError, by every method", async ({ adapter }) => {
    const calls = [...everyProcessingCall(adapter.storage)];
    if (adapter.transaction !== undefined) {
      calls.push(["transaction", () => inProcessingTransaction(adapter, async () => 1)]);
    }
    await adapter.close();
    for (const [name, call] of calls) {
      await rejectsWith(call(), "ADAPTER_CLOSED").catch((error) => assert.fail(`${name}: ${error.message}`));
    }
  }),
  processingTest(
    "P16",
    "close waits for calls in flight: each is either done or rejected",
    async ({ adapter, sizes }) => {
      const calls = Array.from({ length: sizes.rivals * 2 }, (_, n) =>
        register(adapter.storage, { name: `mails-${n}` }),
      );
      let settledCount = 0;
      for (const call of calls) call.catch(() => {}).finally(() => (settledCount += 1));
      await adapter.close();
      await new Promise(setImmediate); // what has been answered reaches its caller
      assert.equal(settledCount, calls.length, "calls that were settled once close had ended");
    },
  ),
  processingTestNeeding(
    "transactions",
    processingTest("P16", "close waits for a transaction, which commits", async ({ adapter }) => {
      const [started, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const transaction = inProcessingTransaction(adapter, async () => {
        started.resolve();
        await mayEnd.promise;
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
  processingTestNeeding(
    "transactions",
    processingTest(
      "P16",
      "close from inside a transaction of one's own is refused, and everything goes on",
      async ({ adapter, storage }) => {
        // Not awaited in there: an adapter that waits for the transaction would wait for ever.
        const [closing] = await inProcessingTransaction(adapter, async () => [
          Promise.allSettled([adapter.close(), adapter[Symbol.asyncDispose]()]),
        ]);
        for (const outcome of (await closing) ?? []) {
          assert.equal(outcome.status, "rejected", "a close");
          assertCode(outcome.reason, "NESTED_PUBLISH");
        }
        assert.equal(adapter.isClosed, false, "isClosed");
        await register(storage);
      },
    ),
  ),
  processingTestNeeding(
    "durable",
    processingTest(
      "P16",
      "what was acknowledged, sessions included, is there when the storage is opened again",
      async ({ adapter, storage, open }) => {
        const { id } = await register(storage, { partitions: 2, startAt: checkpointAt(3) });
        const node = await beginNode(storage, "node");
        const lease = leaseOf(await claimOne(node, id, 1));
        await move(storage, lease, { was: 3, to: 5 });
        await storage.park({ ...lease, event: eventToPark(9, { hash: 1, isWholeStream: true }), was: undefined });
        await storage.report({ ...lease, isPaused: true, error: "poison" });
        const reset = { id: randomUUID(), request: { kind: "reset", checkpoint: checkpointAt(2) } } as const;
        await storage.request({ subscription: id, partitions: [0, 1], ...reset });
        await storage.tryLock({ name: "lock", session: node.id, holder: node.id });
        const before = await storage.status({ names: undefined });
        const parked = await storage.listParked({ subscription: id, of: undefined, after: undefined, limit: 9 });
        await adapter.close();
        const { storage: again } = await open();
        assertSame(await again.status({ names: undefined }), before);
        assertSame(await again.listParked({ subscription: id, of: undefined, after: undefined, limit: 9 }), parked);
        assert.equal(await move(again, lease, { was: 5, to: 6 }), "moved");
        const other = await beginNode(again, "other");
        const attempt = { name: "lock", session: other.id, holder: other.id };
        assert.equal((await again.tryLock(attempt)).kind, "held");
      },
    ),
  ),
];
