import { randomUUID } from "node:crypto";
import type { ProcessingStatus, ProcessingStorage } from "@eventfold/processing";
import { assertSame } from "../../event-storage/observe/same.ts";
import type { NamedCall } from "../../event-storage/rules/every-call.ts";
import {
  aSubscription,
  beginNode,
  checkpointAt,
  claimOne,
  eventToPark,
  leaseOf,
  partitionOf,
  register,
} from "../observe/some-processing.ts";
import { type ProcessingRuleTest, processingTest } from "../processing-rule-test.ts";

/** Everything that is stored, except for what a repeated beat may change. */
async function everything(storage: ProcessingStorage): Promise<object> {
  const { subscriptions, sessions }: ProcessingStatus = await storage.status({ names: undefined });
  const parked = await Promise.all(
    subscriptions.map(({ id }) => storage.listParked({ subscription: id, of: undefined, after: undefined, limit: 99 })),
  );
  return { subscriptions, parked, sessions: sessions.map(({ id, name, subscriptions: ids }) => ({ id, name, ids })) };
}

/** Makes each call twice, as after a lost reply, and asserts that the answer and what is stored are those of one call. */
async function repeatEach(
  storages: readonly [ProcessingStorage, ProcessingStorage],
  calls: readonly NamedCall[],
): Promise<void> {
  const [storage, other] = storages;
  for (const [name, call] of calls) {
    const answer = await call();
    const stored = await everything(storage);
    assertSame(await call(), answer, `the answer to the repeated ${name}`);
    assertSame(await everything(other), stored, `what is stored after the repeated ${name}`);
  }
}

export const lostReplies: readonly ProcessingRuleTest[] = [
  processingTest("P14", "the calls of an owner may be repeated", async ({ storages }) => {
    const [storage] = storages;
    const { id } = await register(storage, { partitions: 3 });
    const node = await beginNode(storage, "node");
    const taken = await claimOne(node, id, 1);
    const free = leaseOf(await partitionOf(storage, 2));
    const lease = leaseOf(await claimOne(node, id, 0));
    const reset = { id: randomUUID(), request: { kind: "reset", checkpoint: checkpointAt(2) } } as const;
    await repeatEach(storages, [
      ["register", () => storage.register([aSubscription({ name: "new" })])],
      ["claim", () => storage.claim({ session: node.id, partitions: [free] })],
      ["saveCheckpoints", () => storage.saveCheckpoints([{ ...lease, was: 0, checkpoint: checkpointAt(3) }])],
      ["park with the checkpoint", () => storage.park({ ...lease, event: eventToPark(4), was: 3 })],
      ["park", () => storage.park({ ...lease, event: eventToPark(9), was: undefined })],
      ["unpark", () => storage.unpark({ ...lease, parked: [{ sequenceNumber: 4, hash: 0 }] })],
      ["report", () => storage.report({ ...lease, isPaused: true, error: "poison" })],
      ["request", () => storage.request({ subscription: id, partitions: [0], ...reset })],
      ["carryOut", () => storage.carryOut({ ...lease, id: reset.id })],
      ["release", () => storage.release([lease, leaseOf(taken)])],
    ]);
  }),
  processingTest("P14", "the calls of nodes and people may be repeated", async ({ storages }) => {
    const [storage] = storages;
    const { id } = await register(storage);
    const node = await beginNode(storage, "node");
    const [holder, session] = [randomUUID(), randomUUID()];
    const pause = { id: randomUUID(), request: { kind: "pause" } } as const;
    const call = { subscription: id, id: randomUUID(), partitions: 3 };
    await repeatEach(storages, [
      ["beginSession", () => storage.beginSession({ id: session, name: "other", leaseMs: 5_000 })],
      ["tryLock", () => storage.tryLock({ name: "lock", session: node.id, holder })],
      ["releaseLock", () => storage.releaseLock({ name: "lock", holder })],
      ["request", () => storage.request({ subscription: id, partitions: undefined, ...pause })],
      ["repartition", () => storage.repartition(call)],
      ["endSession", () => storage.endSession(node.id)],
      ["remove", () => storage.remove({ subscription: id, withParked: false })],
    ]);
  }),
  processingTest("P14", "an arrival that is not the last one may be repeated", async ({ storages }) => {
    const [storage] = storages;
    const { id } = await register(storage, { partitions: 2 });
    const node = await beginNode(storage, "node");
    const lease = leaseOf(await claimOne(node, id, 0));
    await claimOne(node, id, 1);
    const call = { subscription: id, id: randomUUID(), partitions: 3 };
    await repeatEach(storages, [
      ["repartition", () => storage.repartition(call)],
      ["arrive", () => storage.arrive({ ...lease, id: call.id })],
    ]);
  }),
  processingTest(
    "P14",
    "an eviction finds nothing the second time, and a beat counts once more",
    async ({ storages: [storage, other] }) => {
      const [stalled, node] = [await beginNode(storage, "stalled"), await beginNode(storage, "node")];
      const seen = [{ id: stalled.id, beat: 0 }];
      assertSame([await storage.evict(seen), await other.evict(seen)], [[stalled.id], []]);
      await node.beat();
      await node.beat();
      assertSame(
        (await storage.status({ names: [] })).sessions.map(({ beat }) => beat),
        [2],
      );
    },
  ),
];
