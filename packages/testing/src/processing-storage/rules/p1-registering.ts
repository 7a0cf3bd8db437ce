import assert from "node:assert/strict";
import { assertSame } from "../../event-storage/observe/same.ts";
import {
  aSubscription,
  beginNode,
  checkpointAt,
  claimOne,
  move,
  numberOf,
  register,
  statusOf,
} from "../observe/some-processing.ts";
import { type ProcessingRuleTest, processingTest } from "../processing-rule-test.ts";

export const registering: readonly ProcessingRuleTest[] = [
  processingTest(
    "P1",
    "a subscription is stored with all its partitions: free, at startAt, running, without an error",
    async ({ storage, storages: [, other] }) => {
      const { id, ...facts } = await register(storage, { partitions: 3, startAt: checkpointAt(7) });
      const { name, source, partitioning, partitions } = aSubscription({ partitions: 3 });
      assertSame({ ...facts }, { name, source, partitioning, partitions });
      assert.ok(Number.isInteger(id) && id > 0 && id < 2 ** 31, `the id is a positive integer below 2³¹, got ${id}`);
      const { status, ...stored } = await statusOf(other);
      assertSame(stored, { ...facts, id, repartition: undefined });
      const rest = { isPaused: false, error: undefined, requests: [], owner: undefined, carriedOut: [], parked: 0 };
      assertSame(
        status.map(({ token: _, ...row }) => row),
        [0, 1, 2].map((partition) => ({ subscription: id, partition, checkpoint: checkpointAt(7), ...rest })),
      );
    },
  ),
  processingTest(
    "P1",
    "a subscription that is registered stays as it is, with its checkpoints, and is returned so",
    async (stage) => {
      const { storage } = stage;
      const first = await register(storage, { partitions: 2 });
      const node = await beginNode(storage, "node");
      await move(storage, await claimOne(node, first.id, 1), { was: 0, to: 5 });
      const again = { source: "log", partitioning: "key", partitions: 4, startAt: checkpointAt(100) };
      assertSame({ ...(await register(storage, again)) }, { ...first });
      const { status } = await statusOf(storage);
      assertSame([status.length, await numberOf(storage, 0), await numberOf(storage, 1)], [2, 0, 5]);
    },
  ),
  processingTest(
    "P1",
    "if a name is registered several times at once, one registration counts for all",
    async ({ storages, sizes }) => {
      for (let round = 0; round < sizes.repeats; round++) {
        const name = `mails-${round}`;
        const answers = await Promise.all(
          Array.from({ length: sizes.rivals }, (_, n) =>
            register(storages[n % 2 === 0 ? 0 : 1], { name, partitions: n + 1, startAt: checkpointAt(n + 1) }),
          ),
        );
        const [first] = answers;
        for (const answer of answers) assertSame({ ...answer }, { ...first });
        const { partitions, status } = await statusOf(storages[0], name);
        assertSame(
          status.map(({ checkpoint }) => checkpoint.sequenceNumber),
          Array.from({ length: partitions }, () => partitions),
        );
      }
    },
  ),
  processingTest(
    "P1",
    "several subscriptions, known and unknown, are stored in one call and returned in their order",
    async ({ storage }) => {
      const known = await register(storage, { name: "b" });
      const answers = await storage.register(["c", "b", "a"].map((name) => aSubscription({ name, partitions: 2 })));
      assertSame(
        answers.map(({ name, partitions }) => [name, partitions]),
        [
          ["c", 2],
          ["b", 1],
          ["a", 2],
        ],
      );
      assert.equal(answers[1]?.id, known.id);
      assert.equal(new Set(answers.map(({ id }) => id)).size, 3, "each has its own id");
      assertSame(await storage.register([]), []);
    },
  ),
  processingTest("P1", "names are compared exactly, and the longest are kept", async ({ storage }) => {
    const names = ["mails", "Mails", "mails ", "mails@2", "é", "e\u0301", "'", '"', "\\", "%", "\u{1f600}".repeat(512)];
    const source = `stream/users/${"%F0%9F%98%80".repeat(512)}`;
    for (const name of names) await register(storage, { name, source, partitioning: `custom:${"ü".repeat(505)}` });
    for (const name of names) {
      const subscription = await statusOf(storage, name);
      assertSame([subscription.name, subscription.source], [name, source]);
    }
    assert.equal((await storage.status({ names: undefined })).subscriptions.length, names.length);
  }),
  processingTest("P1", "a subscription may have 1,024 partitions", async ({ storage }) => {
    const { id } = await register(storage, { partitions: 1_024 });
    const { status } = await statusOf(storage);
    assertSame(
      status.map((row) => [row.subscription, row.partition]),
      Array.from({ length: 1_024 }, (_, partition) => [id, partition]),
    );
  }),
];
