import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { assertSame } from "../../event-storage/observe/same.ts";
import { beginNode, checkpointAt, claimAll, leaseOf, register, seenBy, statusOf } from "../observe/some-processing.ts";
import { type ProcessingRuleTest, processingTest } from "../processing-rule-test.ts";

/** Looks a number of times while something is being changed, and rejects if either the look or the change fails. */
async function watchedWhile(
  change: (n: number) => Promise<void>,
  { times, watch }: { readonly times: number; readonly watch: () => Promise<void> },
): Promise<void> {
  let isOver = false;
  const changing = async (): Promise<void> => {
    for (let n = 0; !isOver; n++) {
      await change(n);
      await new Promise(setImmediate);
    }
  };
  const watching = async (): Promise<void> => {
    try {
      for (let n = 0; n < times; n++) await watch();
    } finally {
      isOver = true;
    }
  };
  for (const outcome of await Promise.allSettled([watching(), changing()])) {
    if (outcome.status === "rejected") throw outcome.reason;
  }
}

export const status: readonly ProcessingRuleTest[] = [
  processingTest(
    "P13",
    "all subscriptions or those of some names are shown, and all sessions, in the order of their names",
    async ({ storage }) => {
      const names = ["b", "B", "\u{1f600}", "\uffee", "a"];
      const inOrder = ["B", "a", "b", "\uffee", "\u{1f600}"];
      for (const name of names) {
        await register(storage, { name });
        await beginNode(storage, name);
      }
      const all = await storage.status({ names: undefined });
      assertSame(
        all.subscriptions.map(({ name }) => name),
        inOrder,
      );
      assertSame(
        all.sessions.map(({ name }) => name),
        inOrder,
      );
      const some = await storage.status({ names: ["b", "a", "unknown"] });
      assertSame([some.subscriptions.map(({ name }) => name), some.sessions.length], [["a", "b"], 5]);
      assertSame((await storage.status({ names: [] })).subscriptions, []);
    },
  ),
  processingTest(
    "P13",
    "status and beats show one consistent state",
    async ({ storage, storages: [, other], sizes }) => {
      const { id } = await register(storage, { partitions: 8 });
      const node = await beginNode(storage, "node");
      const watcher = await beginNode(other, "watcher");
      const leases = await claimAll(node, id);
      const change = async (n: number): Promise<void> => {
        const moves = leases.map((lease) => ({ ...leaseOf(lease), was: n, checkpoint: checkpointAt(n + 1) }));
        const outcomes = await storage.saveCheckpoints(moves);
        for (const outcome of outcomes) assert.equal(outcome.kind, "moved");
      };
      const watch = async (): Promise<void> => {
        const [shown, seen] = await Promise.all([statusOf(other), seenBy(watcher, id)]);
        const inStatus = new Set(shown.status.map(({ checkpoint }) => checkpoint.sequenceNumber));
        const inBeat = new Set(seen.partitions.map(({ sequenceNumber }) => sequenceNumber));
        assertSame([inStatus.size, inBeat.size], [1, 1], `numbers seen at once: ${[...inStatus]} and ${[...inBeat]}`);
      };
      await watchedWhile(change, { times: sizes.repeats * 4, watch });
    },
  ),
  processingTest(
    "P13",
    "while a subscription is repartitioned, status always shows all of its partitions",
    async ({ storage, storages: [, other], sizes }) => {
      const { id } = await register(storage, { partitions: 1 });
      const watcher = await beginNode(other, "watcher");
      const change = async (n: number): Promise<void> => {
        const call = { subscription: id, id: randomUUID(), partitions: 1 + (n % 5) };
        assert.equal((await storage.repartition(call)).kind, "done");
      };
      const watch = async (): Promise<void> => {
        const [shown, seen] = await Promise.all([statusOf(other), seenBy(watcher, id)]);
        assert.equal(shown.status.length, shown.partitions);
        for (const rows of [shown.status, seen.partitions]) {
          const numbers = rows.map(({ partition }) => partition);
          assertSame(numbers, [...numbers.keys()], "the partitions that are there");
        }
      };
      await watchedWhile(change, { times: sizes.repeats * 4, watch });
    },
  ),
];
