import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { ClaimedPartition, PartitionLease, ProcessingStorage, Repartition } from "@eventfold/processing";
import { rejectsWithClass } from "../../event-storage/observe/rejection.ts";
import { assertSame } from "../../event-storage/observe/same.ts";
import {
  beginNode,
  checkpointAt,
  claimAll,
  claimOne,
  eventIdOf,
  eventToPark,
  leaseOf,
  move,
  type Node,
  partitionOf,
  register,
  seenBy,
  statusOf,
} from "../observe/some-processing.ts";
import { type ProcessingRuleTest, processingTest } from "../processing-rule-test.ts";

/** A subscription whose partitions a node owns, with checkpoints at these numbers. */
async function ownedAt(
  storage: ProcessingStorage,
  numbers: readonly number[],
): Promise<{ readonly id: number; readonly node: Node; readonly leases: readonly ClaimedPartition[] }> {
  const { id } = await register(storage, { partitions: numbers.length });
  const node = await beginNode(storage, "node");
  const leases = await claimAll(node, id);
  for (const [n, lease] of leases.entries()) {
    const to = numbers[n] ?? 0;
    if (to > 0) assert.equal(await move(storage, lease, { was: 0, to }), "moved");
  }
  return { id, node, leases };
}

async function arrive(storage: ProcessingStorage, lease: PartitionLease | undefined, id: string): Promise<object> {
  if (lease === undefined) assert.fail("Expected a lease, got none.");
  return { ...(await storage.arrive({ ...leaseOf(lease), id })) };
}

async function layout(storage: ProcessingStorage): Promise<readonly (readonly unknown[])[]> {
  return (await statusOf(storage)).status.map(({ partition, checkpoint, owner }) => [
    partition,
    checkpoint.sequenceNumber,
    owner,
  ]);
}

export const repartitioning: readonly ProcessingRuleTest[] = [
  processingTest(
    "P10",
    "a repartition is shown by beats and status, with the highest checkpoint as its fence",
    async ({ storage, storages: [, other] }) => {
      const { id, node } = await ownedAt(storage, [3, 8, 0]);
      const call = { subscription: id, id: randomUUID(), partitions: 5 };
      const repartition: Repartition = { ...call, fence: 8 };
      assertSame({ ...(await other.repartition(call)) }, { kind: "waiting", repartition });
      assertSame(
        [(await seenBy(node, id)).repartitions, (await statusOf(storage)).repartition],
        [[repartition], repartition],
      );
      const rival = { ...call, id: randomUUID(), partitions: 2 };
      assertSame({ ...(await other.repartition(rival)) }, { kind: "busy", repartition });
      assertSame(
        await layout(storage),
        [0, 1, 2].map((n) => [n, [3, 8, 0][n], node.id]),
      );
    },
  ),
  processingTest(
    "P10",
    "once all owners have worked up to the fence and arrived, the new partitions replace the old",
    async (stage) => {
      const { storage, storages } = stage;
      const { id, node, leases } = await ownedAt(storage, [3, 8]);
      const call = { subscription: id, id: randomUUID(), partitions: 3 };
      await storages[1].repartition(call);
      assertSame(await arrive(storage, leases[0], call.id), { kind: "early", fence: 8 });
      assertSame(await arrive(storage, leases[1], call.id), { kind: "arrived" });
      assertSame(await layout(storage), [
        [0, 3, node.id],
        [1, 8, undefined],
      ]);
      await storage.saveCheckpoints([
        { ...leaseOf(leases[0] ?? assert.fail()), was: 3, checkpoint: { sequenceNumber: 8, eventId: undefined } },
      ]);
      assertSame(await arrive(storage, leases[0], call.id), { kind: "arrived" });
      const { status, partitions, repartition } = await statusOf(storages[1]);
      assertSame([partitions, repartition], [3, undefined]);
      assertSame(
        status.map(({ checkpoint }) => ({ ...checkpoint })),
        [0, 1, 2].map(() => checkpointAt(8)),
      );
      assertSame(
        await layout(storage),
        [0, 1, 2].map((n) => [n, 8, undefined]),
      );
      assertSame((await seenBy(node, id)).repartitions, []);
      assert.equal((await claimAll(node, id)).length, 3);
    },
  ),
  processingTest("P10", "a lease on an old partition can no longer write", async ({ storage, storages: [, other] }) => {
    const { id, node, leases } = await ownedAt(storage, [8, 8]);
    const call = { subscription: id, id: randomUUID(), partitions: 2 };
    await storage.repartition(call);
    for (const lease of leases) await arrive(storage, lease, call.id);
    const claimed = await claimAll(await beginNode(other, "other"), id);
    const highest = Math.max(...leases.map(({ token }) => token));
    for (const { token } of claimed) assert.ok(token > highest, `the token ${token} is above the old ${highest}`);
    for (const lease of leases) {
      assert.equal(await move(storage, lease, { was: 8, to: 9 }), "lost");
      assertSame(await arrive(storage, lease, call.id), { kind: "lost" });
      assertSame(await storage.claim({ session: node.id, partitions: [leaseOf(lease)] }), []);
    }
    assertSame(
      (await statusOf(other)).status.map(({ checkpoint }) => checkpoint.sequenceNumber),
      [8, 8],
    );
  }),
  processingTest(
    "P10",
    "an owner that arrives beyond the fence raises it, and owners that had arrived have to go on",
    async ({ storage }) => {
      const { id, node, leases } = await ownedAt(storage, [5, 5, 5]);
      const call = { subscription: id, id: randomUUID(), partitions: 1 };
      await storage.repartition(call);
      const [first, second, third] = leases;
      assert.ok(first && second && third, "three partitions are claimed");
      assertSame(await arrive(storage, first, call.id), { kind: "arrived" });
      await move(storage, second, { was: 5, to: 9 });
      assertSame(await arrive(storage, second, call.id), { kind: "arrived" });
      assertSame((await seenBy(node, id)).repartitions, [{ ...call, fence: 9 }]);
      assertSame(await arrive(storage, third, call.id), { kind: "early", fence: 9 });
      await move(storage, third, { was: 5, to: 9 });
      assertSame(await arrive(storage, third, call.id), { kind: "arrived" });
      assertSame(await layout(storage), [
        [0, 5, undefined],
        [1, 9, undefined],
        [2, 9, undefined],
      ]);
      const again = await claimOne(node, id, 0);
      await move(storage, again, { was: 5, to: 9 });
      assertSame(await arrive(storage, again, call.id), { kind: "arrived" });
      assertSame(await layout(storage), [[0, 9, undefined]]);
    },
  ),
  processingTest(
    "P10",
    "of simultaneous arrivals none is lost: the last one replaces the partitions",
    async ({ storages, sizes }) => {
      const [storage] = storages;
      const { id } = await register(storage, { partitions: 8 });
      const node = await beginNode(storage, "node");
      for (let round = 0; round < sizes.repeats; round++) {
        const leases = await claimAll(node, id);
        const call = { subscription: id, id: randomUUID(), partitions: 8 + ((round + 1) % 2) };
        await storage.repartition(call);
        await Promise.all(leases.map((lease, n) => arrive(storages[n % 2 === 0 ? 0 : 1], lease, call.id)));
        assertSame(
          await layout(storage),
          Array.from({ length: call.partitions }, (_, n) => [n, 0, undefined]),
        );
      }
    },
  ),
  processingTest(
    "P10",
    "partitions that are free at the fence need no owner: if all are, it is done at once, or when it is asked for again",
    async ({ storage, storages: [, other] }) => {
      const { id, node } = await ownedAt(storage, [4, 4]);
      const first = { subscription: id, id: randomUUID(), partitions: 3 };
      assert.equal((await storage.repartition(first)).kind, "waiting");
      await storage.endSession(node.id);
      assertSame({ ...(await other.repartition(first)) }, { kind: "done" });
      const second = { ...first, id: randomUUID(), partitions: 1 };
      assertSame({ ...(await other.repartition(second)) }, { kind: "done" });
      assertSame(await layout(storage), [[0, 4, undefined]]);
      assertSame((await partitionOf(storage)).checkpoint, { sequenceNumber: 4, eventId: eventIdOf(4) });
    },
  ),
  processingTest("P10", "a subscription that is not registered cannot be repartitioned", async ({ storage }) => {
    const { id } = await register(storage);
    await rejectsWithClass(storage.repartition({ subscription: id + 1, id: randomUUID(), partitions: 2 }), RangeError);
  }),
  processingTest("P10", "requests that wait for a partition are carried out first", async ({ storage }) => {
    const { id, leases } = await ownedAt(storage, [4, 4]);
    const call = { subscription: id, id: randomUUID(), partitions: 3 };
    const [first, second] = leases;
    assert.ok(first && second, "two partitions are claimed");
    const pause = { id: randomUUID(), request: { kind: "pause" } } as const;
    await storage.request({ subscription: id, partitions: [0], ...pause });
    await storage.repartition(call);
    assertSame(await arrive(storage, first, call.id), { kind: "early", fence: 4 });
    await storage.release([first]);
    assertSame(await arrive(storage, second, call.id), { kind: "arrived" });
    assert.equal((await statusOf(storage)).partitions, 2);
    const next = await claimOne(await beginNode(storage, "next"), id, 0);
    assertSame(next.requests, [pause]);
    await storage.carryOut({ ...leaseOf(next), id: pause.id });
    assertSame(await arrive(storage, next, call.id), { kind: "arrived" });
    const { status } = await statusOf(storage);
    assertSame(
      status.map(({ isPaused }) => isPaused),
      [true, true, true],
    );
  }),
  processingTest("P10", "if one partition was paused, the new ones are too, with its error", async ({ storage }) => {
    const { id, leases } = await ownedAt(storage, [4, 4]);
    const call = { subscription: id, id: randomUUID(), partitions: 1 };
    await storage.report({ ...leaseOf(leases[1] ?? assert.fail()), isPaused: true, error: "poison" });
    await storage.repartition(call);
    for (const lease of leases) await arrive(storage, lease, call.id);
    const { isPaused, error } = await partitionOf(storage);
    assertSame([isPaused, error], [true, "poison"]);
  }),
  processingTest(
    "P10",
    "parked events belong to the new partitions of their hashes",
    async ({ storage, storages: [, other] }) => {
      const { id, leases } = await ownedAt(storage, [4, 4]);
      const call = { subscription: id, id: randomUUID(), partitions: 3 };
      for (const hash of [0, 1, 2, 3, 4, 2 ** 32 - 1]) {
        const lease = leaseOf(leases[hash % 2] ?? assert.fail());
        await storage.park({ ...lease, event: eventToPark(2, { hash, isWholeStream: true }), was: undefined });
      }
      await storage.repartition(call);
      for (const lease of leases) await arrive(storage, lease, call.id);
      const loaded = await other.loadParked({
        partitions: [0, 1, 2].map((partition) => ({ subscription: id, partition })),
      });
      assertSame(
        loaded.map(({ count, marks }) => [count, marks.map(({ hash }) => hash)]),
        [
          [3, [0, 3, 2 ** 32 - 1]],
          [2, [1, 4]],
          [1, [2]],
        ],
      );
      const listed = await other.listParked({ subscription: id, of: undefined, after: undefined, limit: 9 });
      assertSame(
        listed.map(({ partition, hash }) => partition === hash % 3),
        [true, true, true, true, true, true],
      );
    },
  ),
];
