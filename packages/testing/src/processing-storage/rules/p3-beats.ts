import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { assertSame } from "../../event-storage/observe/same.ts";
import { beginNode, claimOne, move, register, seenBy } from "../observe/some-processing.ts";
import { type ProcessingRuleTest, processingTest } from "../processing-rule-test.ts";

export const beats: readonly ProcessingRuleTest[] = [
  processingTest(
    "P3",
    "a beat raises the counter of its session by one, and no other counter",
    async ({ storage, storages: [, other] }) => {
      const nodes = [await beginNode(storage, "a"), await beginNode(other, "b")] as const;
      const [a, b] = nodes;
      await a.beat();
      await a.beat();
      const { sessions } = await seenBy(b);
      assertSame(sessions.map(({ name, beat }) => [name, beat]).sort(), [
        ["a", 2],
        ["b", 1],
      ]);
    },
  ),
  processingTest("P3", "beats that are made at once all count", async ({ storages, sizes }) => {
    const node = await beginNode(storages[0], "node");
    const beat = { session: node.id, name: "node", subscriptions: [] };
    await Promise.all(Array.from({ length: sizes.rivals }, (_, n) => storages[n % 2 === 0 ? 0 : 1].beat(beat)));
    const { sessions } = await seenBy(node);
    assert.equal(sessions[0]?.beat, sizes.rivals + 1);
  }),
  processingTest(
    "P3",
    "a beat stores which subscriptions the session has handlers for; the last one counts",
    async (stage) => {
      const { storage } = stage;
      const ids = [await register(storage, { name: "a" }), await register(storage, { name: "b" })].map(({ id }) => id);
      const [a = 0, b = 0] = ids.toSorted((x, y) => x - y);
      const node = await beginNode(storage, "node");
      assertSame((await seenBy(node, b, a)).sessions[0]?.subscriptions, [a, b]);
      assertSame((await seenBy(node, b)).sessions[0]?.subscriptions, [b]);
      assertSame((await storage.status({ names: [] })).sessions[0]?.subscriptions, [b]);
    },
  ),
  processingTest(
    "P3",
    "a beat returns the partitions of those subscriptions, in order, with owner, token and number",
    async (stage) => {
      const { storage, storages } = stage;
      const first = await register(storage, { name: "a", partitions: 2 });
      const second = await register(storage, { name: "b", partitions: 2 });
      await register(storage, { name: "c", partitions: 2 });
      const owner = await beginNode(storages[1], "owner");
      const lease = await claimOne(owner, second.id, 1);
      await move(storage, lease, { was: 0, to: 9 });
      const node = await beginNode(storage, "node");
      const { partitions, repartitions } = await seenBy(node, second.id, first.id);
      const keys = [first.id, second.id].toSorted((a, b) => a - b).flatMap((id) => [`${id}/0`, `${id}/1`]);
      assertSame([partitions.map((row) => `${row.subscription}/${row.partition}`), repartitions], [keys, []]);
      const seen = partitions.find((row) => row.subscription === second.id && row.partition === 1);
      const { subscription, partition, token } = lease;
      const expected = {
        subscription,
        partition,
        token,
        owner: owner.id,
        sequenceNumber: 9,
        isPaused: false,
        requests: [],
      };
      assertSame({ ...seen }, expected);
      assertSame(
        partitions.map((row) => row.owner).filter((id) => id !== undefined),
        [owner.id],
      );
      assertSame((await seenBy(node)).partitions, []);
    },
  ),
  processingTest("P3", "a beat of a session that is not living does not revive it", async ({ storage }) => {
    const unknown = { session: randomUUID(), name: "nobody", subscriptions: [] };
    assertSame({ ...(await storage.beat(unknown)) }, { kind: "ended", replacedBy: undefined });
    assertSame((await storage.status({ names: [] })).sessions, []);
  }),
];
