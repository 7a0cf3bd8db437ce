import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { PartitionRequest, ProcessingStorage, WaitingRequest } from "@eventfold/processing";
import { assertSame } from "../../event-storage/observe/same.ts";
import {
  beginNode,
  checkpointAt,
  claimOne,
  eventToPark,
  leaseOf,
  move,
  partitionOf,
  register,
  seenBy,
} from "../observe/some-processing.ts";
import { type ProcessingRuleTest, processingTest } from "../processing-rule-test.ts";

const PAUSE: PartitionRequest = { kind: "pause" };
const RESET: PartitionRequest = { kind: "reset", checkpoint: checkpointAt(2) };

function asked(request: PartitionRequest): WaitingRequest {
  return { id: randomUUID(), request };
}

async function ask(
  storage: ProcessingStorage,
  subscription: number,
  waiting: WaitingRequest,
): Promise<readonly string[]> {
  const outcomes = await storage.request({ subscription, partitions: undefined, ...waiting });
  return outcomes.map(({ kind }) => kind);
}

/** Parks the events 1 to 4 of partition 0, from two streams in turn, and releases the partition. */
async function withParkedEvents(storage: ProcessingStorage, subscription: number): Promise<void> {
  const node = await beginNode(storage, "parker");
  const lease = leaseOf(await claimOne(node, subscription));
  for (const n of [1, 2, 3, 4]) {
    await storage.park({ ...lease, event: eventToPark(n, { stream: n % 2 === 0 ? "even" : "odd" }), was: undefined });
  }
  await storage.endSession(node.id);
}

async function parkedNumbers(storage: ProcessingStorage, subscription: number): Promise<readonly number[]> {
  const events = await storage.listParked({ subscription, of: undefined, after: undefined, limit: 100 });
  return events.map(({ sequenceNumber }) => sequenceNumber);
}

export const requests: readonly ProcessingRuleTest[] = [
  processingTest(
    "P9",
    "a free partition is changed at once, and its previous owner is fenced off",
    async ({ storage, storages: [, other] }) => {
      const { id } = await register(storage);
      const first = await beginNode(storage, "first");
      const lease = await claimOne(first, id);
      await move(storage, lease, { was: 0, to: 5 });
      await storage.endSession(first.id);
      const reset = asked(RESET);
      assertSame(await ask(other, id, reset), ["done"]);
      const { checkpoint, token, owner, requests: waiting, carriedOut } = await partitionOf(storage);
      assertSame([checkpoint, owner, waiting, carriedOut], [checkpointAt(2), undefined, [], [reset.id]]);
      assert.ok(token > lease.token, `the token rises: it was ${lease.token} and is ${token}`);
      assert.equal(await move(storage, lease, { was: 2, to: 6 }), "lost");
    },
  ),
  processingTest(
    "P9",
    "a free partition is paused and resumed, and resuming removes the error",
    async ({ storage }) => {
      const { id } = await register(storage);
      const lease = leaseOf(await claimOne(await beginNode(storage, "node"), id));
      await storage.report({ ...lease, isPaused: false, error: "out of stamps" });
      await storage.release([lease]);
      assertSame(await ask(storage, id, asked(PAUSE)), ["done"]);
      const paused = await partitionOf(storage);
      assertSame([paused.isPaused, paused.error], [true, "out of stamps"]);
      assertSame(await ask(storage, id, asked({ kind: "resume" })), ["done"]);
      const resumed = await partitionOf(storage);
      assertSame([resumed.isPaused, resumed.error], [false, undefined]);
    },
  ),
  processingTest(
    "P9",
    "parked events of a free partition are dropped at once: one, a stream, all",
    async ({ storage }) => {
      const { id } = await register(storage);
      await withParkedEvents(storage, id);
      const drop = (parked: Extract<PartitionRequest, { kind: "drop" }>["parked"]): Promise<readonly string[]> =>
        ask(storage, id, asked({ kind: "drop", parked }));
      assertSame(await drop({ kind: "event", sequenceNumber: 3 }), ["done"]);
      assertSame(await parkedNumbers(storage, id), [1, 2, 4]);
      await drop({ kind: "stream", category: "users", stream: "even" });
      assertSame(await parkedNumbers(storage, id), [1]);
      await drop({ kind: "stream", category: "others", stream: "odd" });
      assertSame(await parkedNumbers(storage, id), [1]);
      await drop({ kind: "all" });
      assertSame(await parkedNumbers(storage, id), []);
    },
  ),
  processingTest(
    "P9",
    "requests to a partition with an owner wait in order, and change nothing yet",
    async ({ storage, storages: [, other] }) => {
      const { id } = await register(storage, { partitions: 2 });
      const node = await beginNode(storage, "node");
      const lease = await claimOne(node, id);
      const waiting = [PAUSE, RESET, { kind: "resume" } as const].map(asked);
      for (const each of waiting) {
        const outcomes = await other.request({ subscription: id, partitions: [0, 5], ...each });
        assertSame(
          outcomes.map((outcome) => ({ ...outcome })),
          [{ partition: 0, kind: "waiting" }],
        );
      }
      const { partitions } = await seenBy(node, id);
      assertSame(
        partitions.map((row) => row.requests),
        [waiting, []],
      );
      const { isPaused, checkpoint, token } = await partitionOf(storage);
      assertSame([isPaused, checkpoint.sequenceNumber, token], [false, 0, lease.token]);
      assert.equal(await move(storage, lease, { was: 0, to: 5 }), "moved");
    },
  ),
  processingTest("P9", "requests that are made at once are all kept", async ({ storages, sizes }) => {
    const { id } = await register(storages[0]);
    const node = await beginNode(storages[0], "node");
    await claimOne(node, id);
    const all = Array.from({ length: sizes.rivals }, () => asked(PAUSE));
    await Promise.all(all.map((each, n) => ask(storages[n % 2 === 0 ? 0 : 1], id, each)));
    const { partitions } = await seenBy(node, id);
    assertSame(partitions[0]?.requests.map((each) => each.id).toSorted(), all.map((each) => each.id).sort());
  }),
  processingTest(
    "P9",
    "the owner carries out a request, which then no longer waits",
    async ({ storage, storages: [, other] }) => {
      const { id } = await register(storage);
      await withParkedEvents(storage, id);
      const lease = leaseOf(await claimOne(await beginNode(storage, "node"), id));
      await move(storage, lease, { was: 0, to: 9 });
      const drop = asked({ kind: "drop", parked: { kind: "stream", category: "users", stream: "odd" } });
      const [pause, reset] = [asked(PAUSE), asked(RESET)];
      for (const each of [pause, reset, drop]) await ask(other, id, each);
      const carryOut = async (request: string): Promise<object> => ({
        ...(await storage.carryOut({ ...lease, id: request })),
      });
      assertSame(await carryOut(pause.id), { kind: "done", checkpoint: checkpointAt(9), isPaused: true });
      assertSame(await carryOut(reset.id), { kind: "done", checkpoint: checkpointAt(2), isPaused: true });
      assertSame((await partitionOf(other)).requests, [drop]);
      assertSame(await carryOut(drop.id), { kind: "done", checkpoint: checkpointAt(2), isPaused: true });
      const { checkpoint, isPaused, requests: waiting, carriedOut, token } = await partitionOf(other);
      assertSame([checkpoint, isPaused, waiting, token], [checkpointAt(2), true, [], lease.token]);
      assertSame(
        [carriedOut, await parkedNumbers(other, id)],
        [
          [drop.id, reset.id, pause.id],
          [2, 4],
        ],
      );
    },
  ),
  processingTest(
    "P9",
    "an owner that has lost its partition carries out nothing, and the next owner finds the request",
    async ({ storage, storages: [, other] }) => {
      const { id } = await register(storage);
      const lease = leaseOf(await claimOne(await beginNode(storage, "first"), id));
      const reset = asked(RESET);
      await ask(other, id, reset);
      await storage.release([lease]);
      const next = await claimOne(await beginNode(other, "second"), id);
      assertSame(next.requests, [reset]);
      assertSame({ ...(await storage.carryOut({ ...lease, id: reset.id })) }, { kind: "lost" });
      assertSame((await partitionOf(other)).requests, [reset]);
      assert.equal((await other.carryOut({ ...leaseOf(next), id: reset.id })).kind, "done");
      assertSame((await partitionOf(storage)).checkpoint, checkpointAt(2));
    },
  ),
  processingTest(
    "P9",
    "on a free partition where a request waits, the next request waits behind it",
    async ({ storage }) => {
      const { id } = await register(storage);
      const node = await beginNode(storage, "node");
      await claimOne(node, id);
      const [pause, resume] = [asked(PAUSE), asked({ kind: "resume" })];
      await ask(storage, id, pause);
      await storage.endSession(node.id);
      assertSame(await ask(storage, id, resume), ["waiting"]);
      const next = await claimOne(await beginNode(storage, "next"), id);
      assertSame(next.requests, [pause, resume]);
    },
  ),
  processingTest(
    "P9",
    "a replay waits for an owner, who unparks what succeeds before it carries it out",
    async ({ storage }) => {
      const { id } = await register(storage);
      await withParkedEvents(storage, id);
      const replay = asked({ kind: "replay", parked: { kind: "stream", category: "users", stream: "even" } });
      assertSame(await ask(storage, id, replay), ["waiting"]);
      const claimed = await claimOne(await beginNode(storage, "node"), id);
      assertSame(claimed.requests, [replay]);
      await storage.unpark({ ...leaseOf(claimed), parked: [{ sequenceNumber: 2, hash: 0 }] });
      await storage.carryOut({ ...leaseOf(claimed), id: replay.id });
      assertSame([await parkedNumbers(storage, id), (await partitionOf(storage)).requests], [[1, 3, 4], []]);
    },
  ),
  processingTest(
    "P9",
    "a call whose id waits, or was among the last ten carried out, changes nothing",
    async ({ storage, storages: [, other] }) => {
      const { id } = await register(storage);
      const node = await beginNode(storage, "node");
      const lease = leaseOf(await claimOne(node, id));
      const reset = asked(RESET);
      await ask(storage, id, reset);
      assertSame(await ask(other, id, reset), ["waiting"]);
      assertSame((await partitionOf(storage)).requests, [reset]);
      await storage.carryOut({ ...lease, id: reset.id });
      const others = Array.from({ length: 9 }, () => asked(PAUSE));
      for (const each of others) {
        await ask(storage, id, each);
        await storage.carryOut({ ...lease, id: each.id });
      }
      await move(storage, lease, { was: 2, to: 7 });
      assertSame(await ask(other, id, reset), ["done"]);
      await storage.endSession(node.id);
      assertSame(await ask(other, id, reset), ["done"]);
      const { checkpoint, requests: waiting, carriedOut } = await partitionOf(storage);
      const expected = [...others.toReversed(), reset].map((each) => each.id);
      assertSame([checkpoint, waiting, carriedOut], [checkpointAt(7), [], expected]);
    },
  ),
];
