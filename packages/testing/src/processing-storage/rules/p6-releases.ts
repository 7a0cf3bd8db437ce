import assert from "node:assert/strict";
import { assertSame } from "../../event-storage/observe/same.ts";
import {
  beginNode,
  claimAll,
  claimOne,
  leaseOf,
  move,
  partitionOf,
  register,
  statusOf,
} from "../observe/some-processing.ts";
import { type ProcessingRuleTest, processingTest } from "../processing-rule-test.ts";

export const releases: readonly ProcessingRuleTest[] = [
  processingTest(
    "P6",
    "a partition that is released is free, and keeps its checkpoint",
    async ({ storage, storages: [, other] }) => {
      const { id } = await register(storage, { partitions: 3 });
      const node = await beginNode(storage, "node");
      const leases = await claimAll(node, id);
      for (const lease of leases) await move(storage, lease, { was: 0, to: lease.partition + 5 });
      await storage.release(leases.slice(1).map(leaseOf));
      assertSame(
        (await statusOf(storage)).status.map(({ owner }) => owner),
        [node.id, undefined, undefined],
      );
      const claimed = await claimAll(await beginNode(other, "other"), id);
      assertSame(
        claimed.map(({ partition, checkpoint }) => [partition, checkpoint.sequenceNumber]),
        [
          [1, 6],
          [2, 7],
        ],
      );
      await storage.release([]);
    },
  ),
  processingTest(
    "P6",
    "an owner that has lost its partition releases nothing",
    async ({ storage, storages: [, other] }) => {
      const { id } = await register(storage);
      const lease = await claimOne(await beginNode(storage, "first"), id);
      await storage.release([leaseOf(lease)]);
      const second = await beginNode(other, "second");
      await claimOne(second, id);
      await storage.release([leaseOf(lease)]);
      assert.equal((await partitionOf(storage)).owner, second.id);
    },
  ),
];
