import assert from "node:assert/strict";
import type { ProcessingStorageAdapter } from "@eventfold/processing";
import { type EventStorageAdapter, EventStore } from "@eventfold/store";
import { inTransaction } from "../../event-storage/observe/in-transaction.ts";
import { rejectionOf, rejectsWith } from "../../event-storage/observe/rejection.ts";
import { assertSame } from "../../event-storage/observe/same.ts";
import { someEvents } from "../../event-storage/observe/some-events.ts";
import { inProcessingTransaction } from "../observe/in-processing-transaction.ts";
import { beginNode, checkpointAt, claimOne, leaseOf, numberOf, register } from "../observe/some-processing.ts";
import { type ProcessingRuleTest, processingTest, processingTestNeeding } from "../processing-rule-test.ts";

interface SharedStage {
  readonly events: EventStorageAdapter;
  readonly processing: ProcessingStorageAdapter;
  /** Publishes an event, and moves the checkpoint of a claimed partition from 0 to 5. */
  handle(transaction: Parameters<EventStore["within"]>[0]): Promise<void>;
  /** Lets somebody else claim the partition. */
  lose(): Promise<unknown>;
  /** How many events are stored, and where the checkpoint is. */
  stored(): Promise<readonly number[]>;
}

function sharingTest(promise: string, run: (shared: SharedStage) => Promise<void>): ProcessingRuleTest {
  const test = processingTest("P12", promise, async ({ openShared }) => {
    const { events, processing } = await openShared();
    const { storage } = processing;
    const store = new EventStore({ adapter: events });
    const { id } = await register(storage);
    const lease = leaseOf(await claimOne(await beginNode(storage, "node"), id));
    await run({
      events,
      processing,
      handle: async (transaction) => {
        const stream = store.within(transaction).stream({ category: "mails", stream: "ada" });
        await stream.publish({ events: someEvents(1) });
        await processing.within(transaction).commitWith({ moves: [{ ...lease, was: 0, checkpoint: checkpointAt(5) }] });
      },
      lose: async () => {
        await storage.release([lease]);
        return claimOne(await beginNode(storage, "other"), id);
      },
      stored: async () => [(await store.log().read()).length, await numberOf(storage)],
    });
  });
  return processingTestNeeding("sharing", processingTestNeeding("transactions", test));
}

export const processingSharing: readonly ProcessingRuleTest[] = [
  sharingTest("events and checkpoint are stored together", async ({ events, handle, stored }) => {
    await inTransaction(events, handle);
    assertSame(await stored(), [1, 5]);
  }),
  sharingTest("when the callback rejects neither is stored", async ({ events, handle, stored }) => {
    const own = new Error("the handler's own");
    const rolledBack = inTransaction(events, async (transaction) => {
      await handle(transaction);
      throw own;
    });
    assert.equal(await rejectionOf(rolledBack), own);
    assertSame(await stored(), [0, 0]);
  }),
  sharingTest(
    "when the partition is lost neither is stored, and the store goes on",
    async ({ events, handle, lose, stored }) => {
      await lose();
      await rejectsWith(inTransaction(events, handle), "LEASE_LOST");
      assertSame(await stored(), [0, 0]);
      const store = new EventStore({ adapter: events });
      await store.stream({ category: "mails", stream: "ada" }).publish({ events: someEvents(1) });
      assertSame(await stored(), [1, 0]);
    },
  ),
  sharingTest(
    "the adapter's own transaction is also one of the event adapter",
    async ({ processing, events, stored }) => {
      await inProcessingTransaction(processing, async (transaction) => {
        assert.equal(processing.within(transaction).isClosed, false);
        const nested = inTransaction(events, async () => {});
        await rejectsWith(nested, "NESTED_PUBLISH");
      });
      assertSame(await stored(), [0, 0]);
    },
  ),
  sharingTest(
    "closing it ends nothing of the event adapter, with which it is closed",
    async ({ events, processing }) => {
      await processing.close();
      assert.equal(events.isClosed, false);
      await new EventStore({ adapter: events }).log().latest();
      await events.close();
      await rejectsWith(processing.storage.status({ names: [] }), "ADAPTER_CLOSED");
    },
  ),
  sharingTest("when the event adapter is closed, so is it", async ({ events, processing }) => {
    await events.close();
    assertSame([processing.isClosed, processing.storage.isClosed], [true, true]);
    await rejectsWith(processing.storage.status({ names: [] }), "ADAPTER_CLOSED");
  }),
];
