import assert from "node:assert/strict";
import type { CheckpointMove, PartitionLease } from "@eventfold/processing";
import { assertSame } from "../../event-storage/observe/same.ts";
import {
  beginNode,
  checkpointAt,
  claimAll,
  claimOne,
  eventIdOf,
  leaseOf,
  move,
  partitionOf,
  register,
  statusOf,
} from "../observe/some-processing.ts";
import { type ProcessingRuleTest, processingTest } from "../processing-rule-test.ts";

function moveOf(lease: PartitionLease, was: number, to: number): CheckpointMove {
  return { ...leaseOf(lease), was, checkpoint: checkpointAt(to) };
}

export const checkpoints: readonly ProcessingRuleTest[] = [
  processingTest(
    "P7",
    "a checkpoint is kept with its event id, and without one",
    async ({ storage, storages: [, other] }) => {
      const { id } = await register(storage);
      const lease = leaseOf(await claimOne(await beginNode(storage, "node"), id));
      const largest = Number.MAX_SAFE_INTEGER;
      const withoutId = { sequenceNumber: 9, eventId: undefined };
      const kept = [checkpointAt(5), withoutId, checkpointAt(10), { sequenceNumber: largest, eventId: eventIdOf(1) }];
      let was = 0;
      for (const checkpoint of kept) {
        const outcomes = await storage.saveCheckpoints([{ ...lease, was, checkpoint }]);
        assertSame(
          outcomes.map((each) => ({ ...each })),
          [{ kind: "moved" }],
        );
        assertSame({ ...(await partitionOf(other)).checkpoint }, checkpoint);
        was = checkpoint.sequenceNumber;
      }
      assertSame(await storage.saveCheckpoints([]), []);
    },
  ),
  processingTest(
    "P7",
    "an owner that has lost its partition can no longer move the checkpoint",
    async ({ storage, storages: [, other] }) => {
      const { id } = await register(storage);
      const first = await beginNode(storage, "first");
      const lease = await claimOne(first, id);
      await move(storage, lease, { was: 0, to: 5 });
      await other.evict([{ id: first.id, beat: 1 }]);
      const taken = await claimOne(await beginNode(other, "second"), id);
      assert.equal(await move(storage, lease, { was: 5, to: 6 }), "lost");
      assert.equal(await move(storage, lease, { was: 0, to: 5 }), "lost");
      assertSame((await partitionOf(other)).checkpoint, checkpointAt(5));
      assert.equal(await move(other, taken, { was: 5, to: 7 }), "moved");
      for (const token of [taken.token + 1, 0]) {
        assert.equal(await move(storage, { ...leaseOf(taken), token }, { was: 7, to: 8 }), "lost");
      }
      assert.equal(await move(storage, { ...leaseOf(taken), partition: 1 }, { was: 7, to: 8 }), "lost");
    },
  ),
  processingTest(
    "P7",
    "a session that is not living may still write to partitions that nobody else has claimed",
    async ({ storage }) => {
      const { id } = await register(storage);
      const node = await beginNode(storage, "node");
      const lease = await claimOne(node, id);
      await storage.endSession(node.id);
      assert.equal(await move(storage, lease, { was: 0, to: 5 }), "moved");
    },
  ),
  processingTest("P7", "a checkpoint that is not where it was seen stays, and is returned", async ({ storage }) => {
    const { id } = await register(storage, { startAt: checkpointAt(3) });
    const lease = await claimOne(await beginNode(storage, "node"), id);
    for (const [was, to] of [
      [0, 4],
      [2, 5],
      [4, 6],
    ] as const) {
      const [outcome] = await storage.saveCheckpoints([moveOf(lease, was, to)]);
      assertSame({ ...outcome }, { kind: "elsewhere", checkpoint: checkpointAt(3) });
    }
    await move(storage, lease, { was: 3, to: 8 });
    const otherId = { sequenceNumber: 8, eventId: eventIdOf(1_000) };
    const [outcome] = await storage.saveCheckpoints([{ ...leaseOf(lease), was: 3, checkpoint: otherId }]);
    assertSame({ ...outcome }, { kind: "elsewhere", checkpoint: checkpointAt(8) });
  }),
  processingTest(
    "P7",
    "a checkpoint that cannot be moved does not stop the others",
    async ({ storage, storages: [, other] }) => {
      const { id } = await register(storage, { partitions: 4 });
      const leases = await claimAll(await beginNode(storage, "node"), id);
      const [first, second, third, fourth] = leases;
      assert.ok(first && second && third && fourth, "four partitions are claimed");
      await storage.release([second]);
      await claimOne(await beginNode(other, "other"), id, 1);
      const moves = [moveOf(fourth, 0, 4), moveOf(second, 0, 2), moveOf(third, 1, 3), moveOf(first, 0, 1)];
      const outcomes = await storage.saveCheckpoints(moves);
      assertSame(
        outcomes.map(({ kind }) => kind),
        ["moved", "lost", "elsewhere", "moved"],
      );
      const { status } = await statusOf(other);
      assertSame(
        status.map(({ checkpoint }) => checkpoint.sequenceNumber),
        [1, 0, 0, 4],
      );
    },
  ),
  processingTest(
    "P7",
    "one of several simultaneous moves from the same checkpoint goes through",
    async ({ storages, sizes }) => {
      const { id } = await register(storages[0]);
      const lease = await claimOne(await beginNode(storages[0], "node"), id);
      let was = 0;
      for (let round = 0; round < sizes.repeats; round++) {
        const start = was;
        const kinds = await Promise.all(
          Array.from({ length: sizes.rivals }, (_, n) =>
            move(storages[n % 2 === 0 ? 0 : 1], lease, { was: start, to: start + n + 1 }),
          ),
        );
        assertSame(kinds.toSorted(), [...Array.from({ length: sizes.rivals - 1 }, () => "elsewhere"), "moved"]);
        was = (await partitionOf(storages[0])).checkpoint.sequenceNumber;
        assert.equal(was, start + kinds.indexOf("moved") + 1);
      }
    },
  ),
  processingTest("P7", "a thousand checkpoints are moved by one call", async ({ storage, storages: [, other] }) => {
    const { id } = await register(storage, { partitions: 1_024 });
    const leases = await claimAll(await beginNode(storage, "node"), id);
    const outcomes = await storage.saveCheckpoints(leases.map((lease) => moveOf(lease, 0, lease.partition + 1)));
    assertSame([...new Set(outcomes.map(({ kind }) => kind))], ["moved"]);
    const { status } = await statusOf(other);
    assertSame(
      status.map(({ checkpoint }) => checkpoint),
      leases.map(({ partition }) => checkpointAt(partition + 1)),
    );
  }),
  processingTest("P7", "a report is stored for the token's owner only", async ({ storage, storages: [, other] }) => {
    const { id } = await register(storage);
    const lease = leaseOf(await claimOne(await beginNode(storage, "first"), id));
    const said = async (): Promise<readonly unknown[]> => {
      const { isPaused, error } = await partitionOf(other);
      return [isPaused, error];
    };
    const error = "\u{1f600}".repeat(2_000);
    assertSame({ ...(await storage.report({ ...lease, isPaused: true, error })) }, { kind: "done" });
    assertSame(await said(), [true, error]);
    assertSame({ ...(await storage.report({ ...lease, isPaused: false, error: undefined })) }, { kind: "done" });
    assertSame(await said(), [false, undefined]);
    await storage.release([lease]);
    await claimOne(await beginNode(other, "second"), id);
    assertSame({ ...(await storage.report({ ...lease, isPaused: true, error: "late" })) }, { kind: "lost" });
    assertSame(await said(), [false, undefined]);
  }),
];
