import assert from "node:assert/strict";
import type { ClosingStep, EventToPark, PartitionLease, ProcessingStorageAdapter } from "@eventfold/processing";
import { rejectionOf, rejectsWith } from "../../event-storage/observe/rejection.ts";
import { assertSame } from "../../event-storage/observe/same.ts";
import { inProcessingTransaction } from "../observe/in-processing-transaction.ts";
import {
  beginNode,
  checkpointAt,
  claimAll,
  claimOne,
  eventToPark,
  leaseOf,
  move,
  numberOf,
  register,
  statusOf,
} from "../observe/some-processing.ts";
import { type ProcessingRuleTest, processingTest, processingTestNeeding } from "../processing-rule-test.ts";
import type { ProcessingStage } from "../processing-stage.ts";

function transactionTest(promise: string, run: (stage: ProcessingStage) => Promise<void>): ProcessingRuleTest {
  return processingTestNeeding("transactions", processingTest("P12", promise, run));
}

function moveStep(lease: PartitionLease, was: number, to: number): ClosingStep {
  return { moves: [{ ...leaseOf(lease), was, checkpoint: checkpointAt(to) }] };
}

/** A transaction that ends with these steps. */
function committing(adapter: ProcessingStorageAdapter, ...steps: readonly ClosingStep[]): Promise<string> {
  return inProcessingTransaction(adapter, async (transaction) => {
    for (const step of steps) await adapter.within(transaction).commitWith(step);
    return "committed";
  });
}

async function numbersOf({ storage }: ProcessingStorageAdapter): Promise<readonly number[]> {
  return (await statusOf(storage)).status.map(({ checkpoint }) => checkpoint.sequenceNumber);
}

export const processingTransactions: readonly ProcessingRuleTest[] = [
  transactionTest("all steps are stored with the commit", async ({ adapter, storage, otherAdapter }) => {
    const { id } = await register(storage, { partitions: 3 });
    const [first, second, third] = await claimAll(await beginNode(storage, "node"), id);
    assert.ok(first && second && third, "three partitions are claimed");
    for (const n of [1, 2]) await storage.park({ ...leaseOf(first), event: eventToPark(n), was: undefined });
    const unparked = [{ ...leaseOf(first), parked: [{ sequenceNumber: 2, hash: 0 }] }];
    assert.equal(
      await committing(adapter, moveStep(first, 0, 5), {}, { ...moveStep(third, 0, 7), unparked }),
      "committed",
    );
    assertSame(await numbersOf(otherAdapter), [5, 0, 7]);
    const listed = await otherAdapter.storage.listParked({
      subscription: id,
      of: undefined,
      after: undefined,
      limit: 9,
    });
    assertSame(
      listed.map(({ sequenceNumber }) => sequenceNumber),
      [1],
    );
    assert.equal(await committing(adapter, moveStep(first, 5, 6)), "committed");
    assert.equal(await move(storage, first, { was: 6, to: 7 }), "moved");
  }),
  transactionTest(
    "nothing of a transaction that is rolled back is stored",
    async ({ adapter, storage, otherAdapter }) => {
      const { id } = await register(storage);
      const lease = await claimOne(await beginNode(storage, "node"), id);
      const own = new Error("the handler's own");
      const rolledBack = inProcessingTransaction(adapter, async (transaction) => {
        await adapter.within(transaction).commitWith(moveStep(lease, 0, 5));
        throw own;
      });
      assert.equal(await rejectionOf(rolledBack), own);
      assertSame(await numbersOf(otherAdapter), [0]);
      assert.equal(await move(storage, lease, { was: 0, to: 6 }), "moved");
    },
  ),
  transactionTest(
    "a transaction that has lost one partition stores nothing at all",
    async ({ adapter, storage, otherAdapter }) => {
      const { id } = await register(storage, { partitions: 2 });
      const [kept, lost] = await claimAll(await beginNode(storage, "first"), id);
      assert.ok(kept && lost, "two partitions are claimed");
      await storage.release([leaseOf(lost)]);
      await claimOne(await beginNode(otherAdapter.storage, "second"), id, 1);
      const error = await rejectsWith(committing(adapter, moveStep(kept, 0, 5), moveStep(lost, 0, 5)), "LEASE_LOST");
      assertSame([error.subscription, error.partition], [id, 1]);
      assertSame(await numbersOf(otherAdapter), [0, 0]);
      assert.equal(await move(storage, kept, { was: 0, to: 6 }), "moved");
    },
  ),
  transactionTest(
    "a checkpoint that is not where it was seen makes it roll back, even if it is at the new one",
    async (stage) => {
      const { adapter, storage, otherAdapter } = stage;
      const { id } = await register(storage);
      const lease = await claimOne(await beginNode(storage, "node"), id);
      await committing(adapter, moveStep(lease, 0, 5));
      for (const step of [moveStep(lease, 0, 5), moveStep(lease, 4, 6)]) {
        const error = await rejectsWith(committing(adapter, step), "LEASE_LOST");
        assertSame([error.subscription, error.partition], [id, 0]);
      }
      assertSame(await numbersOf(otherAdapter), [5]);
    },
  ),
  transactionTest(
    "a parked event that is no longer parked makes it roll back",
    async ({ adapter, storage, otherAdapter }) => {
      const { id } = await register(storage);
      const lease = leaseOf(await claimOne(await beginNode(storage, "node"), id));
      await storage.park({ ...lease, event: eventToPark(1), was: undefined });
      const both = [1, 2].map((sequenceNumber) => ({ sequenceNumber, hash: 0 }));
      await rejectsWith(
        committing(adapter, { ...moveStep(lease, 0, 5), unparked: [{ ...lease, parked: both }] }),
        "LEASE_LOST",
      );
      const listing = { subscription: id, of: undefined, after: undefined, limit: 9 };
      assertSame([(await otherAdapter.storage.listParked(listing)).length, await numberOf(storage)], [1, 0]);
      const stale = { ...lease, token: lease.token - 1, parked: both.slice(0, 1) };
      await rejectsWith(committing(adapter, { unparked: [stale] }), "LEASE_LOST");
      assert.equal((await otherAdapter.storage.listParked(listing)).length, 1);
    },
  ),
  transactionTest("an event is parked with the commit, in place of one that is removed", async (stage) => {
    const { adapter, storage, otherAdapter } = stage;
    const { id } = await register(storage);
    const lease = leaseOf(await claimOne(await beginNode(storage, "node"), id));
    const listing = { subscription: id, of: undefined, after: undefined, limit: 9 };
    const listed = async () =>
      (await otherAdapter.storage.listParked(listing)).map(({ parkedAtMs: _, ...parked }) => parked);
    const replacing = (from: number, next: EventToPark): ClosingStep => ({
      unparked: [{ ...lease, parked: [{ sequenceNumber: from, hash: 0 }] }],
      parked: [{ ...lease, event: next }],
    });
    await storage.park({ ...lease, event: eventToPark(1), was: undefined });
    const odd = {
      category: "c'\\\"{}",
      stream: "s,\t\u{1f426}",
      error: "why, \\'\"",
      isWholeStream: true,
      attempts: 0,
    };
    const next = eventToPark(2, { ...odd, hash: 4_294_967_295 });
    await inProcessingTransaction(adapter, async (transaction) => {
      await adapter.within(transaction).commitWith(replacing(1, next));
      assert.equal((await listed())[0]?.sequenceNumber, 1);
    });
    assertSame(await listed(), [{ subscription: id, partition: 0, ...next }]);
    await committing(adapter, { parked: [{ ...lease, event: { ...next, attempts: 7 } }] });
    assertSame(await listed(), [{ subscription: id, partition: 0, ...next, attempts: 7 }]);
  }),
  transactionTest("an event that cannot be parked lets it roll back", async ({ adapter, storage, otherAdapter }) => {
    const { id } = await register(storage);
    const lease = leaseOf(await claimOne(await beginNode(storage, "node"), id));
    const stale = { ...lease, token: lease.token - 1, event: eventToPark(1) };
    const error = await rejectsWith(committing(adapter, { ...moveStep(lease, 0, 5), parked: [stale] }), "LEASE_LOST");
    assertSame([error.subscription, error.partition], [id, 0]);
    await rejectsWith(
      committing(adapter, { ...moveStep(lease, 1, 5), parked: [{ ...stale, ...lease }] }),
      "LEASE_LOST",
    );
    const listing = { subscription: id, of: undefined, after: undefined, limit: 9 };
    assertSame([(await otherAdapter.storage.listParked(listing)).length, await numberOf(storage)], [0, 0]);
  }),
  transactionTest(
    "as many as the adapter says may be open at once, and other calls go on",
    async ({ adapter, storage }) => {
      const { transactionsAtOnce } = adapter;
      assert.ok(Number.isInteger(transactionsAtOnce) && transactionsAtOnce > 0, `got ${transactionsAtOnce}`);
      const { id } = await register(storage, { partitions: 100 });
      const leases = await claimAll(await beginNode(storage, "node"), id);
      const [all, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      let open = 0;
      const transactions = leases.slice(0, transactionsAtOnce).map((lease) =>
        inProcessingTransaction(adapter, async (transaction) => {
          open += 1;
          if (open === transactionsAtOnce) all.resolve();
          await mayEnd.promise;
          await adapter.within(transaction).commitWith(moveStep(lease, 0, 5));
        }),
      );
      await Promise.race([all.promise, Promise.all(transactions)]);
      await statusOf(storage);
      mayEnd.resolve();
      await Promise.all(transactions);
      assert.equal((await numbersOf(adapter)).filter((number) => number === 5).length, transactions.length);
    },
  ),
  transactionTest("a claim that meets a transaction sees its checkpoint, or makes it roll back", async (stage) => {
    const { adapter, storage, otherAdapter, sizes } = stage;
    const { id } = await register(storage);
    let was = 0;
    for (let round = 0; round < sizes.repeats; round++) {
      const [first, second] = [await beginNode(storage, "first"), await beginNode(otherAdapter.storage, "second")];
      const lease = leaseOf(await claimOne(first, id));
      await storage.endSession(first.id);
      const [started, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const start = was;
      const transaction = inProcessingTransaction(adapter, async (opened) => {
        await adapter.within(opened).commitWith(moveStep(lease, start, start + 1));
        started.resolve();
        await mayEnd.promise;
      }).then(
        () => "committed",
        (error: { readonly code?: unknown }) => error.code,
      );
      await Promise.race([started.promise, transaction]);
      const claim = otherAdapter.storage.claim({ session: second.id, partitions: [lease] });
      await new Promise(setImmediate);
      mayEnd.resolve();
      const [outcome, [claimed]] = await Promise.all([transaction, claim]);
      was = await numberOf(storage);
      assert.equal(was, outcome === "committed" ? start + 1 : start);
      if (outcome !== "committed") assert.equal(outcome, "LEASE_LOST");
      // It does not wait for rows that others have locked, so it may get nothing, but never an old checkpoint.
      if (claimed !== undefined) assert.equal(claimed.checkpoint.sequenceNumber, was);
      await otherAdapter.storage.endSession(second.id);
    }
  }),
  transactionTest(
    "if transactions with the same lease meet, one of them commits",
    async ({ adapter, otherAdapter, storage, sizes }) => {
      const { id } = await register(storage);
      const lease = await claimOne(await beginNode(storage, "node"), id);
      for (let round = 0; round < sizes.repeats; round++) {
        const outcomes = await Promise.allSettled(
          Array.from({ length: 4 }, (_, n) =>
            committing(n % 2 === 0 ? adapter : otherAdapter, moveStep(lease, round, round + 1)),
          ),
        );
        const failed = outcomes.filter((outcome) => outcome.status === "rejected");
        for (const { reason } of failed) await rejectsWith(Promise.reject(reason), "LEASE_LOST");
        assertSame([failed.length, await numberOf(storage)], [3, round + 1]);
      }
    },
  ),
  transactionTest("after its end every call rejects with TransactionEndedError", async ({ adapter, storage }) => {
    const { id } = await register(storage);
    const lease = await claimOne(await beginNode(storage, "node"), id);
    const kept = await inProcessingTransaction(adapter, async (transaction) => {
      const inside = adapter.within(transaction);
      assert.equal(inside.isClosed, false);
      return inside;
    });
    await rejectsWith(kept.commitWith(moveStep(lease, 0, 5)), "TRANSACTION_ENDED");
    assertSame([kept.isClosed, await numberOf(storage)], [true, 0]);
  }),
  transactionTest(
    "a transaction of another adapter is unsuitable, and one inside another is refused",
    async ({ adapter }) => {
      await rejectsWith((async () => adapter.within({}))(), "UNSUITABLE_TRANSACTION");
      await inProcessingTransaction(adapter, async () => {
        await rejectsWith(
          inProcessingTransaction(adapter, async () => {}),
          "NESTED_PUBLISH",
        );
      });
    },
  ),
];
