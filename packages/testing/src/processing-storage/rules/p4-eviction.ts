import assert from "node:assert/strict";
import { assertSame } from "../../event-storage/observe/same.ts";
import { beginNode, claimOne, register } from "../observe/some-processing.ts";
import { type ProcessingRuleTest, processingTest } from "../processing-rule-test.ts";

export const eviction: readonly ProcessingRuleTest[] = [
  processingTest(
    "P4",
    "a session whose counter stood still is deleted, and its partitions are free",
    async ({ storage, storages: [, other] }) => {
      const { id } = await register(storage);
      const stalled = await beginNode(storage, "stalled");
      const lease = await claimOne(stalled, id);
      assertSame(await other.evict([{ id: stalled.id, beat: 1 }]), [stalled.id]);
      assertSame({ ...(await stalled.beat(id)) }, { kind: "ended", replacedBy: undefined });
      assert.equal((await claimOne(await beginNode(other, "other"), id)).token, lease.token + 1);
    },
  ),
  processingTest("P4", "a session whose counter has risen stays, whatever else is evicted", async ({ storage }) => {
    const [a, b, c] = [await beginNode(storage, "a"), await beginNode(storage, "b"), await beginNode(storage, "c")];
    await a.beat();
    await b.beat();
    await b.beat();
    const seen = [a, b, c].map(({ id }) => ({ id, beat: 1 }));
    assertSame(await storage.evict(seen), [a.id]);
    assertSame([(await a.beat()).kind, (await b.beat()).kind, (await c.beat()).kind], ["ended", "beaten", "beaten"]);
    assertSame(await storage.evict([]), []);
  }),
  processingTest(
    "P4",
    "if a beat and an eviction meet, one of them takes effect",
    async ({ storages: [one, other], sizes }) => {
      for (let round = 0; round < sizes.repeats * 4; round++) {
        const node = await beginNode(one, `node-${round}`);
        const [beat, evicted] = await Promise.all([node.beat(), other.evict([{ id: node.id, beat: 0 }])]);
        const wasEvicted = evicted.includes(node.id);
        assert.equal(beat.kind, wasEvicted ? "ended" : "beaten");
        assert.equal((await node.beat()).kind, wasEvicted ? "ended" : "beaten");
      }
    },
  ),
];
