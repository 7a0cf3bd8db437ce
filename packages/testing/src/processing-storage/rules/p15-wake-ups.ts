import { randomUUID } from "node:crypto";
import type { PartitionLease, ProcessingStorage, ProcessingStorageAdapter } from "@eventfold/processing";
import { assertSame } from "../../event-storage/observe/same.ts";
import { unhandledRejectionsDuring } from "../../event-storage/observe/unhandled-rejections.ts";
import { beginNode, claimOne, leaseOf, type Node, register } from "../observe/some-processing.ts";
import { type ProcessingRuleTest, processingTest, processingTestNeeding } from "../processing-rule-test.ts";

/** Waits for a wake-up that comes after an action. */
async function wokenBy(adapter: ProcessingStorageAdapter, action: () => Promise<unknown>): Promise<void> {
  let woken = Promise.withResolvers<void>();
  const end = adapter.onChange(() => woken.resolve());
  try {
    // A wake-up for an earlier change may still be under way.
    await new Promise((resolve) => setTimeout(resolve, 20));
    woken = Promise.withResolvers();
    await action();
    await woken.promise;
  } finally {
    end();
  }
}

interface Situation {
  readonly storage: ProcessingStorage;
  readonly node: Node;
  readonly lease: PartitionLease;
  readonly holder: string;
}

const WAKING: readonly (readonly [string, (situation: Situation) => Promise<unknown>])[] = [
  ["a release", ({ storage, lease }) => storage.release([lease])],
  ["an eviction", ({ storage, node }) => storage.evict([{ id: node.id, beat: 1 }])],
  ["the end of a session", ({ storage, node }) => storage.endSession(node.id)],
  ["a session that replaces another", ({ storage, node }) => beginNode(storage, node.name)],
  ["a lock that is released", ({ storage, holder }) => storage.releaseLock({ name: "lock", holder })],
  [
    "a request",
    ({ storage, lease: { subscription } }) =>
      storage.request({ subscription, partitions: undefined, id: randomUUID(), request: { kind: "pause" } }),
  ],
  [
    "a repartition",
    ({ storage, lease: { subscription } }) => storage.repartition({ subscription, id: randomUUID(), partitions: 2 }),
  ],
];

function wakingTest([what, action]: (typeof WAKING)[number]): ProcessingRuleTest {
  const test = processingTest("P15", `a listener is woken by ${what}`, async ({ storage, otherAdapter, adapter }) => {
    for (const listening of new Set([adapter, otherAdapter])) {
      const name = listening === adapter ? "mails" : "others";
      const { id } = await register(storage, { name });
      const node = await beginNode(storage, `node of ${name}`);
      const lease = leaseOf(await claimOne(node, id));
      const holder = randomUUID();
      await storage.tryLock({ name: "lock", session: node.id, holder });
      await wokenBy(listening, () => action({ storage, node, lease, holder }));
      await storage.releaseLock({ name: "lock", holder });
    }
  });
  return processingTestNeeding("notifications", test);
}

export const processingWakeUps: readonly ProcessingRuleTest[] = [
  ...WAKING.map(wakingTest),
  processingTest("P15", "closing wakes listeners, and listening after it does nothing", async ({ adapter }) => {
    await wokenBy(adapter, () => adapter.close());
    adapter.onChange(() => {})();
  }),
  processingTestNeeding(
    "notifications",
    processingTest(
      "P15",
      "a listener that throws or rejects changes no result, and does not keep others from being called",
      async (stage) => {
        const { adapter, storage } = stage;
        const { id } = await register(storage);
        const unhandled = await unhandledRejectionsDuring(async () => {
          const ends = [
            adapter.onChange(() => {
              throw new Error("the listener's own");
            }),
            adapter.onChange(() => Promise.reject(new Error("the asynchronous listener's own"))),
          ];
          const node = await beginNode(storage, "node");
          const lease = leaseOf(await claimOne(node, id));
          await wokenBy(adapter, () => storage.release([lease]));
          for (const end of ends) end();
        });
        assertSame(unhandled, [], "unhandled rejections");
      },
    ),
  ),
];
