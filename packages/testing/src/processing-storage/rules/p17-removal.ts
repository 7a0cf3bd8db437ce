import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { ProcessingStorage, Removal } from "@eventfold/processing";
import { assertSame } from "../../event-storage/observe/same.ts";
import { inProcessingTransaction } from "../observe/in-processing-transaction.ts";
import {
  aSubscription,
  beginNode,
  checkpointAt,
  claimAll,
  claimOne,
  eventToPark,
  leaseOf,
  move,
  partitionOf,
  register,
  seenBy,
  statusOf,
} from "../observe/some-processing.ts";
import { type ProcessingRuleTest, processingTest, processingTestNeeding } from "../processing-rule-test.ts";

async function remove(storage: ProcessingStorage, removal: Removal): Promise<object> {
  return { ...(await storage.remove(removal)) };
}

/** The names of the sessions that keep a subscription from being removed. */
async function keepersOf(storage: ProcessingStorage, subscription: number): Promise<readonly string[]> {
  const outcome = await storage.remove({ subscription, withParked: true });
  if (outcome.kind !== "busy") assert.fail(`Expected the removal to be refused as busy, got ${outcome.kind}.`);
  return outcome.sessions.map(({ name }) => name);
}

async function namesOf(storage: ProcessingStorage): Promise<readonly string[]> {
  return (await storage.status({ names: undefined })).subscriptions.map(({ name }) => name);
}

export const removal: readonly ProcessingRuleTest[] = [
  processingTest(
    "P17",
    "a subscription that no session works on is removed with its partitions, and no other is",
    async ({ storage, storages: [, other] }) => {
      const { id } = await register(storage, { partitions: 3 });
      const kept = await register(storage, { name: "kept", partitions: 2 });
      const before = await statusOf(storage, "kept");
      const node = await beginNode(storage, "node");
      await claimAll(node, id);
      await storage.endSession(node.id);
      await storage.request({ subscription: id, partitions: [1], id: randomUUID(), request: { kind: "pause" } });
      await storage.repartition({ subscription: id, id: randomUUID(), partitions: 5 });
      assertSame(await remove(other, { subscription: id, withParked: false }), { kind: "removed" });
      assertSame(await namesOf(storage), ["kept"]);
      assertSame(await statusOf(storage, "kept"), before);
      const next = await beginNode(storage, "next");
      const seen = await seenBy(next, id, kept.id);
      assertSame(
        [seen.partitions.map(({ subscription }) => subscription), seen.repartitions],
        [[kept.id, kept.id], []],
      );
      assertSame(
        await storage.request({
          subscription: id,
          partitions: undefined,
          id: randomUUID(),
          request: { kind: "pause" },
        }),
        [],
      );
    },
  ),
  processingTest(
    "P17",
    "it is refused while a living session owns a partition, whatever that session has handlers for",
    async ({ storage, storages: [, other] }) => {
      const { id } = await register(storage, { partitions: 2 });
      const node = await beginNode(storage, "owner");
      const lease = await claimOne(node, id, 1);
      await node.beat();
      assertSame(await keepersOf(other, id), ["owner"]);
      assert.equal(await move(storage, lease, { was: 0, to: 4 }), "moved");
      await storage.release([leaseOf(lease)]);
      assertSame(await remove(other, { subscription: id, withParked: false }), { kind: "removed" });
    },
  ),
  processingTest(
    "P17",
    "it is refused while living sessions have handlers for it, and names them as they are",
    async ({ storage, storages: [, other] }) => {
      const { id } = await register(storage);
      const nodes = [await beginNode(storage, "b"), await beginNode(storage, "a"), await beginNode(storage, "c")];
      const elsewhere = await register(storage, { name: "elsewhere" });
      const [b, a, c] = nodes;
      assert.ok(a && b && c, "three sessions begin");
      await a.beat(elsewhere.id, id);
      await b.beat(id);
      await c.beat(elsewhere.id);
      const outcome = await other.remove({ subscription: id, withParked: false });
      const { sessions } = await storage.status({ names: [] });
      assertSame(outcome, { kind: "busy", sessions: sessions.filter(({ name }) => name !== "c") });
      await a.beat(elsewhere.id);
      await storage.endSession(b.id);
      assertSame(await remove(other, { subscription: id, withParked: false }), { kind: "removed" });
      assertSame(await namesOf(storage), ["elsewhere"]);
    },
  ),
  processingTest(
    "P17",
    "it is refused while events are parked, with their number, unless they are to be removed",
    async ({ storage, storages: [, other] }) => {
      const { id } = await register(storage, { partitions: 2 });
      const node = await beginNode(storage, "node");
      const [first, second] = await claimAll(node, id);
      assert.ok(first && second, "two partitions are claimed");
      for (const [n, lease] of [first, first, second].entries()) {
        const event = eventToPark(n + 1, { hash: lease.partition, isWholeStream: n === 1 });
        await storage.park({ ...leaseOf(lease), event, was: undefined });
      }
      await storage.endSession(node.id);
      assertSame(await remove(other, { subscription: id, withParked: false }), { kind: "parked", parked: 3 });
      assertSame(
        (await statusOf(storage)).status.map(({ parked }) => parked),
        [2, 1],
      );
      assertSame(await remove(other, { subscription: id, withParked: true }), { kind: "removed" });
      const listing = { subscription: id, of: undefined, after: undefined, limit: 9 };
      assertSame(await storage.listParked(listing), []);
      assertSame(await namesOf(storage), []);
    },
  ),
  processingTest(
    "P17",
    "a subscription that is registered again under the name begins anew, with another id",
    async ({ storage, storages: [, other] }) => {
      const { id } = await register(storage);
      const node = await beginNode(storage, "node");
      const lease = leaseOf(await claimOne(node, id));
      await move(storage, lease, { was: 0, to: 9 });
      await storage.report({ ...lease, isPaused: true, error: "poison" });
      await storage.park({ ...lease, event: eventToPark(9, { isWholeStream: true }), was: undefined });
      await storage.endSession(node.id);
      await remove(other, { subscription: id, withParked: true });
      const again = await register(storage, { source: "category/guests", startAt: checkpointAt(3) });
      assert.notEqual(again.id, id, "no id is given twice");
      const { startAt: _, ...facts } = aSubscription({ source: "category/guests" });
      assertSame({ ...again }, { ...facts, id: again.id });
      const { owner, checkpoint, isPaused, error, parked, requests } = await partitionOf(other);
      assertSame(
        [owner, { ...checkpoint }, isPaused, error, parked, requests],
        [undefined, checkpointAt(3), false, undefined, 0, []],
      );
    },
  ),
  processingTest(
    "P17",
    "leases on its partitions can no longer write, also when the name is registered again",
    async ({ storage, storages: [, other] }) => {
      const { id } = await register(storage);
      const node = await beginNode(storage, "frozen");
      const lease = leaseOf(await claimOne(node, id));
      await other.evict([{ id: node.id, beat: 1 }]);
      await remove(other, { subscription: id, withParked: false });
      const again = await register(other);
      const heir = await beginNode(other, "heir");
      await claimOne(heir, again.id);
      assert.equal(await move(storage, lease, { was: 0, to: 5 }), "lost");
      const event = eventToPark(6);
      assertSame({ ...(await storage.park({ ...lease, event, was: undefined })) }, { kind: "lost" });
      assertSame({ ...(await storage.report({ ...lease, isPaused: true, error: "late" })) }, { kind: "lost" });
      assertSame({ ...(await storage.carryOut({ ...lease, id: randomUUID() })) }, { kind: "lost" });
      await storage.release([lease]);
      assertSame(await storage.claim({ session: heir.id, partitions: [lease] }), []);
      const { owner, checkpoint, isPaused, parked } = await partitionOf(storage);
      assertSame([owner, checkpoint.sequenceNumber, isPaused, parked], [heir.id, 0, false, 0]);
    },
  ),
  processingTestNeeding(
    "transactions",
    processingTest(
      "P17",
      "a transaction that would commit with a lease on it is rolled back",
      async ({ adapter, storage, storages: [, other] }) => {
        const { id } = await register(storage);
        const node = await beginNode(storage, "frozen");
        const lease = leaseOf(await claimOne(node, id));
        await other.evict([{ id: node.id, beat: 1 }]);
        await remove(other, { subscription: id, withParked: false });
        const moves = [{ ...lease, was: 0, checkpoint: checkpointAt(5) }];
        await assert.rejects(
          inProcessingTransaction(adapter, (transaction) => adapter.within(transaction).commitWith({ moves })),
          { code: "LEASE_LOST" },
        );
      },
    ),
  ),
  processingTest(
    "P17",
    "if a claim and a removal meet, one of them takes effect",
    async ({ storages: [storage, other], sizes }) => {
      for (let round = 0; round < sizes.repeats; round += 1) {
        const { id } = await register(storage);
        const node = await beginNode(storage, `node-${round}`);
        const wanted = leaseOf(await partitionOf(storage));
        const [claimed, outcome] = await Promise.all([
          storage.claim({ session: node.id, partitions: [wanted] }),
          other.remove({ subscription: id, withParked: false }),
        ]);
        assert.equal(claimed.length, outcome.kind === "removed" ? 0 : 1, `after ${outcome.kind}`);
        await storage.endSession(node.id);
        await storage.remove({ subscription: id, withParked: false });
      }
    },
  ),
  processingTest(
    "P17",
    "whoever registers what is being removed gets what is stored afterwards",
    async ({ storages: [storage, other], sizes }) => {
      for (let round = 0; round < sizes.repeats; round += 1) {
        const { id } = await register(storage);
        const registering = Array.from({ length: sizes.rivals }, () => register(storage));
        const [registered] = await Promise.all([
          Promise.all(registering),
          other.remove({ subscription: id, withParked: false }),
        ]);
        const stored = await register(other);
        assert.notEqual(stored.id, id, "no id is given twice");
        for (const each of registered) assert.ok(each.id === id || each.id === stored.id, `the id ${each.id}`);
        await other.remove({ subscription: stored.id, withParked: false });
      }
    },
  ),
  processingTest("P17", "a removal may be repeated, and locks stay", async ({ storage, storages: [, other] }) => {
    const { id } = await register(storage);
    const node = await beginNode(storage, "node");
    const lock = { name: "mails", session: node.id, holder: randomUUID() };
    await storage.tryLock(lock);
    assertSame(await remove(storage, { subscription: id, withParked: false }), { kind: "removed" });
    assertSame(await remove(other, { subscription: id, withParked: false }), { kind: "removed" });
    assert.equal((await other.tryLock({ ...lock, holder: randomUUID() })).kind, "held");
  }),
];
