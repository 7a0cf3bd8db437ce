import { randomUUID } from "node:crypto";
import type { PartitionLease, ProcessingStorage, ProcessingStorageAdapter } from "@eventfold/processing";
import { assertSame } from "../../event-storage/observe/same.ts";
import { unhandledRejectionsDuring } from "../../event-storage/observe/unhandled-rejections.ts";
import { beginNode, claimOne, leaseOf, type Node, register } from "../observe/some-processing.ts";
import { type ProcessingRuleTest, processingTest, processingTestNeeding } from "../processing-rule-test.ts";

/** Waits for the wake-up of an action, the first on fresh storage that frees something or asks for it. */
async function wokenBy(adapter: ProcessingStorageAdapter, action: () => Promise<unknown>): Promise<void> {
  const woken = Promise.withResolvers<void>();
  const end = adapter.onChange(() => woken.resolve());
  try {
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

function wakingTests([what, action]: (typeof WAKING)[number]): readonly ProcessingRuleTest[] {
  const by = (whose: "adapter" | "otherAdapter", where: string) =>
    processingTest("P15", `a listener of ${where} is woken by ${what}`, async (stage) => {
      const { storage } = stage;
      const { id } = await register(storage);
      const node = await beginNode(storage, "node");
      const lease = leaseOf(await claimOne(node, id));
      const holder = randomUUID();
      await storage.tryLock({ name: "lock", session: node.id, holder });
      await wokenBy(stage[whose], () => action({ storage, node, lease, holder }));
    });
  const tests = [by("adapter", "the adapter"), by("otherAdapter", "another adapter")];
  return tests.map((test) => processingTestNeeding("notifications", test));
}

export const processingWakeUps: readonly ProcessingRuleTest[] = [
  ...WAKING.flatMap(wakingTests),
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
