import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { ProcessingStorage } from "@eventfold/processing";
import { assertSame } from "../../event-storage/observe/same.ts";
import { beginNode, claimOne, register, seenBy } from "../observe/some-processing.ts";
import { type ProcessingRuleTest, processingTest } from "../processing-rule-test.ts";

async function livingNames(storage: ProcessingStorage): Promise<readonly string[]> {
  return (await storage.status({ names: [] })).sessions.map(({ name }) => name);
}

export const sessions: readonly ProcessingRuleTest[] = [
  processingTest(
    "P2",
    "a session begins with the beat 0, and is seen by others",
    async ({ storage, storages: [, other] }) => {
      const session = { id: randomUUID(), name: "\u{1f600}".repeat(512), leaseMs: 2_147_483_647 };
      assert.equal(await storage.beginSession(session), undefined);
      const [seen, ...rest] = (await other.status({ names: [] })).sessions;
      const { beatAtMs, ...row } = seen ?? assert.fail("Expected the session, got none.");
      assertSame([row, rest], [{ ...session, beat: 0, subscriptions: [] }, []]);
      assert.ok(Number.isInteger(beatAtMs), `beatAtMs is epoch milliseconds, got ${beatAtMs}`);
    },
  ),
  processingTest(
    "P2",
    "a session replaces the living one of the same name, whose partitions are free at once",
    async ({ storage, storages: [, other] }) => {
      const { id } = await register(storage);
      const first = await beginNode(storage, "node");
      const lease = await claimOne(first, id);
      await first.beat(id);
      const second = { id: randomUUID(), name: "node", leaseMs: 10_000 };
      assertSame({ ...(await other.beginSession(second)) }, { id: first.id, beat: 2 });
      const wanted = { session: second.id, partitions: [{ subscription: id, partition: 0, token: lease.token }] };
      assert.equal((await other.claim(wanted))[0]?.token, lease.token + 1);
      assertSame({ ...(await first.beat(id)) }, { kind: "ended", replacedBy: second.id });
      assertSame(await livingNames(storage), ["node"]);
    },
  ),
  processingTest("P2", "if sessions of one name begin at once, one is living", async ({ storage, storages, sizes }) => {
    for (let round = 0; round < sizes.repeats; round++) {
      const name = `node-${round}`;
      const nodes = await Promise.all(
        Array.from({ length: sizes.rivals }, (_, n) => beginNode(storages[n % 2 === 0 ? 0 : 1], name)),
      );
      const living = (await storage.status({ names: [] })).sessions.filter((session) => session.name === name);
      assert.equal(living.length, 1, "how many sessions of the name are living");
      const beats = await Promise.all(nodes.map((node) => node.beat()));
      for (const [n, beat] of beats.entries()) {
        if (nodes[n]?.id === living[0]?.id) assert.equal(beat.kind, "beaten");
        else assertSame({ ...beat }, { kind: "ended", replacedBy: living[0]?.id });
      }
    }
  }),
  processingTest("P2", "names are compared exactly", async ({ storage }) => {
    for (const name of ["node", "Node", "node ", "é", "e\u0301"]) await beginNode(storage, name);
    assert.equal((await livingNames(storage)).length, 5);
  }),
  processingTest("P2", "a session that is living already stays as it is", async ({ storage }) => {
    const node = await beginNode(storage, "node");
    await node.beat();
    assert.equal(await storage.beginSession({ id: node.id, name: "node", leaseMs: 10_000 }), undefined);
    const { sessions: seen } = await seenBy(node);
    assertSame(
      seen.map(({ id, beat }) => [id, beat]),
      [[node.id, 2]],
    );
  }),
  processingTest(
    "P2",
    "the partitions of a session that is ended are free at once",
    async ({ storage, storages: [, other] }) => {
      const { id } = await register(storage);
      const node = await beginNode(storage, "node");
      const { token } = await claimOne(node, id);
      await storage.endSession(node.id);
      assertSame({ ...(await node.beat(id)) }, { kind: "ended", replacedBy: undefined });
      assert.equal((await claimOne(await beginNode(other, "other"), id)).token, token + 1);
      await storage.endSession(node.id);
      assertSame(await livingNames(storage), ["other"]);
    },
  ),
];
