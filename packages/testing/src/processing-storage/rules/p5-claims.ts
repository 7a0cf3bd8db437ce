import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { assertSame } from "../../event-storage/observe/same.ts";
import {
  beginNode,
  checkpointAt,
  claimAll,
  claimOne,
  leaseOf,
  partitionOf,
  register,
  seenBy,
  statusOf,
} from "../observe/some-processing.ts";
import { type ProcessingRuleTest, processingTest } from "../processing-rule-test.ts";

export const claims: readonly ProcessingRuleTest[] = [
  processingTest(
    "P5",
    "a claim gives the token after the one that was seen, the checkpoint with its event id, the error and the requests",
    async (stage) => {
      const { storage, storages } = stage;
      const { id } = await register(storage, { startAt: checkpointAt(42) });
      const first = await beginNode(storage, "first");
      const lease = await claimOne(first, id);
      assertSame(lease.checkpoint, checkpointAt(42));
      await storage.report({ ...leaseOf(lease), isPaused: true, error: "out of stamps" });
      const request = { id: randomUUID(), request: { kind: "resume" } } as const;
      await storage.request({ subscription: id, partitions: undefined, ...request });
      await storage.release([lease]);
      const second = await claimOne(await beginNode(storages[1], "second"), id);
      assertSame(
        { ...second },
        {
          subscription: id,
          partition: 0,
          token: lease.token + 1,
          checkpoint: checkpointAt(42),
          isPaused: true,
          error: "out of stamps",
          requests: [request],
        },
      );
    },
  ),
  processingTest("P5", "one of several rivals gets a partition", async ({ storages, sizes }) => {
    await register(storages[0], { partitions: 3 });
    const nodes = await Promise.all(
      Array.from({ length: sizes.rivals }, (_, n) => beginNode(storages[n % 2 === 0 ? 0 : 1], `node-${n}`)),
    );
    for (let round = 0; round < sizes.repeats; round++) {
      const seen = (await statusOf(storages[0])).status.map(leaseOf);
      const claimed = await Promise.all(
        nodes.map(({ id: session, storage }) => storage.claim({ session, partitions: seen })),
      );
      const all = claimed
        .flat()
        .map(({ partition, token }) => `${partition}/${token}`)
        .sort();
      assertSame(
        all,
        seen.map(({ partition, token }) => `${partition}/${token + 1}`),
      );
      for (const [n, mine] of claimed.entries()) {
        for (const { partition } of mine) assert.equal((await partitionOf(storages[0], partition)).owner, nodes[n]?.id);
      }
      await storages[1].release(claimed.flat());
    }
  }),
  processingTest("P5", "a partition whose token differs from the one that was seen is not claimed", async (stage) => {
    const { storage, storages } = stage;
    const { id } = await register(storage);
    const [first, second] = [await beginNode(storage, "first"), await beginNode(storages[1], "second")];
    const lease = await claimOne(first, id);
    await storage.release([lease]);
    for (const token of [lease.token - 1, lease.token + 1]) {
      const partitions = [{ subscription: id, partition: 0, token }];
      assertSame(await second.storage.claim({ session: second.id, partitions }), []);
    }
    assertSame([(await partitionOf(storage)).owner, (await partitionOf(storage)).token], [undefined, lease.token]);
  }),
  processingTest(
    "P5",
    "a partition whose owner is living goes to nobody else",
    async ({ storage, storages: [, other] }) => {
      const { id } = await register(storage);
      const lease = await claimOne(await beginNode(storage, "first"), id);
      const second = await beginNode(other, "second");
      assertSame(await other.claim({ session: second.id, partitions: [leaseOf(lease)] }), []);
      assert.equal((await storage.report({ ...leaseOf(lease), isPaused: false, error: undefined })).kind, "done");
    },
  ),
  processingTest("P5", "a session that is not living gets none", async ({ storage }) => {
    const { id } = await register(storage);
    const node = await beginNode(storage, "node");
    const { partitions } = await seenBy(node, id);
    await storage.endSession(node.id);
    for (const session of [node.id, randomUUID()]) {
      assertSame(await storage.claim({ session, partitions: partitions.map(leaseOf) }), []);
    }
    assert.equal((await partitionOf(storage)).owner, undefined);
  }),
  processingTest(
    "P5",
    "of several partitions, those that are free are claimed, in order",
    async ({ storage, storages: [, other] }) => {
      const { id } = await register(storage, { partitions: 4 });
      const { id: small } = await register(storage, { name: "small" });
      const [first, second] = [await beginNode(storage, "first"), await beginNode(other, "second")];
      const taken = await claimOne(first, id, 1);
      const { partitions } = await seenBy(second, id, small);
      const unknown = { subscription: small, partition: 7, token: 0 };
      const wanted = [...partitions.map(leaseOf), unknown].toReversed();
      const claimed = await other.claim({ session: second.id, partitions: wanted });
      const expected = partitions.filter((row) => row.subscription !== id || row.partition !== taken.partition);
      assertSame(
        claimed.map((row) => [row.subscription, row.partition, row.token]),
        expected.map((row) => [row.subscription, row.partition, row.token + 1]),
      );
      assert.equal((await claimAll(second, id)).length, 0);
    },
  ),
];
