import assert from "node:assert/strict";
import type { EventToPark, ParkedEvent, ParkedKey, PartitionLease, ProcessingStorage } from "@eventfold/processing";
import { assertSame } from "../../event-storage/observe/same.ts";
import {
  beginNode,
  checkpointAt,
  claimOne,
  eventToPark,
  leaseOf,
  move,
  numberOf,
  partitionOf,
  register,
} from "../observe/some-processing.ts";
import { type ProcessingRuleTest, processingTest } from "../processing-rule-test.ts";

async function park(
  storage: ProcessingStorage,
  lease: PartitionLease,
  { was, ...event }: Partial<EventToPark> & { readonly sequenceNumber: number; readonly was?: number },
): Promise<string> {
  return (await storage.park({ ...leaseOf(lease), event: eventToPark(event.sequenceNumber, event), was })).kind;
}

async function listed(storage: ProcessingStorage, subscription: number): Promise<readonly ParkedEvent[]> {
  return storage.listParked({ subscription, of: undefined, after: undefined, limit: 100 });
}

async function parkedNumbers(storage: ProcessingStorage, subscription: number): Promise<readonly number[]> {
  return (await listed(storage, subscription)).map(({ sequenceNumber }) => sequenceNumber);
}

export const parking: readonly ProcessingRuleTest[] = [
  processingTest(
    "P8",
    "an event is parked with everything that is known about it",
    async ({ storage, storages: [, other] }) => {
      const { id } = await register(storage, { partitions: 4 });
      const lease = await claimOne(await beginNode(storage, "node"), id, 3);
      const event = eventToPark(Number.MAX_SAFE_INTEGER, {
        hash: 2 ** 32 - 1,
        category: "\u{1f600}".repeat(128),
        stream: "\u{1f600}".repeat(512),
        isWholeStream: true,
        attempts: 2_147_483_647,
        error: "\u{1f600}\n'\"\\".repeat(400),
      });
      assertSame({ ...(await storage.park({ ...leaseOf(lease), event, was: undefined })) }, { kind: "parked" });
      const [parked, ...others] = await listed(other, id);
      const { parkedAtMs, ...rest } = parked ?? assert.fail("Expected the parked event, got none.");
      assertSame([rest, others], [{ ...event, subscription: id, partition: 3 }, []]);
      assert.ok(Number.isInteger(parkedAtMs), `parkedAtMs is epoch milliseconds, got ${parkedAtMs}`);
      assertSame([await numberOf(storage, 3), (await partitionOf(storage, 3)).parked], [0, 1]);
    },
  ),
  processingTest(
    "P8",
    "the checkpoint moves to the event if everything before it is done",
    async ({ storage, storages: [, other] }) => {
      const { id } = await register(storage);
      const lease = await claimOne(await beginNode(storage, "node"), id);
      assert.equal(await park(storage, lease, { sequenceNumber: 5, was: 0 }), "parked");
      assertSame([(await partitionOf(other)).checkpoint, await parkedNumbers(other, id)], [checkpointAt(5), [5]]);
      assert.equal(await park(storage, lease, { sequenceNumber: 9 }), "parked");
      assertSame([await numberOf(other), await parkedNumbers(other, id)], [5, [5, 9]]);
    },
  ),
  processingTest("P8", "nothing is parked if the checkpoint is not where it was seen", async ({ storage }) => {
    const { id } = await register(storage, { startAt: checkpointAt(3) });
    const lease = await claimOne(await beginNode(storage, "node"), id);
    const outcome = await storage.park({ ...leaseOf(lease), event: eventToPark(5), was: 4 });
    assertSame({ ...outcome }, { kind: "elsewhere", checkpoint: checkpointAt(3) });
    assertSame([await numberOf(storage), await parkedNumbers(storage, id)], [3, []]);
  }),
  processingTest(
    "P8",
    "an owner that has lost its partition parks and unparks nothing",
    async ({ storage, storages: [, other] }) => {
      const { id } = await register(storage);
      const lease = leaseOf(await claimOne(await beginNode(storage, "first"), id));
      await park(storage, lease, { sequenceNumber: 5 });
      await storage.release([lease]);
      await claimOne(await beginNode(other, "second"), id);
      assert.equal(await park(storage, lease, { sequenceNumber: 6, was: 0 }), "lost");
      assert.equal(await park(storage, lease, { sequenceNumber: 5, attempts: 99 }), "lost");
      const parked = [{ sequenceNumber: 5, hash: 0 }];
      assertSame({ ...(await storage.unpark({ ...lease, parked })) }, { kind: "lost" });
      assertSame(
        (await listed(other, id)).map((event) => [event.sequenceNumber, event.attempts]),
        [[5, 3]],
      );
      assert.equal(await numberOf(other), 0);
    },
  ),
  processingTest(
    "P8",
    "an event that is parked again is kept once, with the new attempts and error",
    async ({ storage }) => {
      const { id } = await register(storage);
      const lease = await claimOne(await beginNode(storage, "node"), id);
      await park(storage, lease, { sequenceNumber: 5, was: 0 });
      const [first] = await listed(storage, id);
      const again = { sequenceNumber: 5, attempts: 8, error: "again", isWholeStream: true };
      assert.equal(await park(storage, lease, again), "parked");
      assertSame(
        (await listed(storage, id)).map((event) => ({ ...event })),
        [{ ...first, ...again }],
      );
    },
  ),
  processingTest("P8", "one event may be parked for several keys, each by itself", async ({ storage }) => {
    const { id } = await register(storage, { partitions: 2 });
    const node = await beginNode(storage, "node");
    const [even, odd] = [await claimOne(node, id, 0), await claimOne(node, id, 1)];
    for (const hash of [4, 2]) await park(storage, even, { sequenceNumber: 5, hash });
    await park(storage, odd, { sequenceNumber: 5, hash: 3 });
    const keysOf = (events: readonly ParkedKey[]): readonly number[] => events.map(({ hash }) => hash);
    assertSame(keysOf(await listed(storage, id)), [2, 3, 4]);
    await storage.unpark({ ...leaseOf(even), parked: [{ sequenceNumber: 5, hash: 4 }] });
    assertSame(keysOf(await listed(storage, id)), [2, 3]);
  }),
  processingTest(
    "P8",
    "a new owner learns how many events are parked, which lie above the checkpoint, and which streams wait",
    async (stage) => {
      const { storage, storages } = stage;
      const { id } = await register(storage, { partitions: 2 });
      const lease = await claimOne(await beginNode(storage, "first"), id);
      await park(storage, lease, { sequenceNumber: 2, stream: "below", was: 0 });
      await park(storage, lease, { sequenceNumber: 3, stream: "whole", isWholeStream: true, was: 2 });
      await park(storage, lease, { sequenceNumber: 20, stream: "above", hash: 8 });
      await park(storage, lease, { sequenceNumber: 20, stream: "above", hash: 6 });
      await park(storage, lease, { sequenceNumber: 12, stream: "above", category: "others" });
      await move(storage, lease, { was: 3, to: 10 });
      await storage.release([leaseOf(lease)]);
      await claimOne(await beginNode(storages[1], "second"), id);
      const keys = [1, 0].map((partition) => ({ subscription: id, partition }));
      const mark = { category: "users", isWholeStream: false, hash: 0 };
      assertSame(
        (await storages[1].loadParked({ partitions: keys })).map((each) => ({ ...each })),
        [
          { subscription: id, partition: 1, count: 0, marks: [] },
          {
            ...{ subscription: id, partition: 0, count: 5 },
            marks: [
              { ...mark, sequenceNumber: 3, stream: "whole", isWholeStream: true },
              { ...mark, sequenceNumber: 12, stream: "above", category: "others" },
              { ...mark, sequenceNumber: 20, stream: "above", hash: 6 },
              { ...mark, sequenceNumber: 20, stream: "above", hash: 8 },
            ],
          },
        ],
      );
    },
  ),
  processingTest(
    "P8",
    "unpark removes the events that were handled after all, and no others",
    async ({ storage, storages: [, other] }) => {
      const { id } = await register(storage);
      const lease = leaseOf(await claimOne(await beginNode(storage, "node"), id));
      for (const sequenceNumber of [1, 2, 3, 4]) await park(storage, lease, { sequenceNumber });
      const parked = [4, 2, 77].map((sequenceNumber) => ({ sequenceNumber, hash: 0 }));
      assertSame({ ...(await storage.unpark({ ...lease, parked })) }, { kind: "done" });
      assertSame(await parkedNumbers(other, id), [1, 3]);
    },
  ),
  processingTest(
    "P8",
    "the parked events of a subscription, or of a stream of it, are listed in pages",
    async ({ storage }) => {
      const { id } = await register(storage);
      const { id: otherId } = await register(storage, { name: "other" });
      const node = await beginNode(storage, "node");
      const lease = await claimOne(node, id);
      await park(storage, await claimOne(node, otherId), { sequenceNumber: 3 });
      for (const n of [5, 1, 4, 2])
        await park(storage, lease, { sequenceNumber: n, stream: n % 2 === 0 ? "even" : "odd" });
      await park(storage, lease, { sequenceNumber: 4, stream: "even", hash: 9 });
      const page = async (after: ParkedKey | undefined, stream?: string): Promise<readonly (readonly number[])[]> => {
        const of = stream === undefined ? undefined : { category: "users", stream };
        const events = await storage.listParked({ subscription: id, of, after, limit: 2 });
        return events.map(({ sequenceNumber, hash }) => [sequenceNumber, hash]);
      };
      assertSame(await page(undefined), [
        [1, 0],
        [2, 0],
      ]);
      assertSame(await page({ sequenceNumber: 2, hash: 0 }), [
        [4, 0],
        [4, 9],
      ]);
      assertSame(await page({ sequenceNumber: 4, hash: 0 }), [
        [4, 9],
        [5, 0],
      ]);
      assertSame(await page({ sequenceNumber: 5, hash: 0 }), []);
      assertSame(await page({ sequenceNumber: 2, hash: 0 }, "even"), [
        [4, 0],
        [4, 9],
      ]);
      assertSame(await page(undefined, "odd"), [
        [1, 0],
        [5, 0],
      ]);
      assertSame(await page(undefined, "Odd"), []);
    },
  ),
];
