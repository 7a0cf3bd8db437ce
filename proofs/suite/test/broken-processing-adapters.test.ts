import { MemoryProcessingStorageAdapter } from "@eventfold/adapter-memory";
import type { ProcessingStorageAdapter } from "@eventfold/processing";
import { processingStorageAdapterSuite } from "@eventfold/testing";
import { describe, expect, it } from "vitest";
import type { BrokenProcessingAdapter } from "../src/broken-processing/broken-processing-adapter.ts";
import { brokenCheckpointsAndParking } from "../src/broken-processing/checkpoints-and-parking.ts";
import { brokenRemoval } from "../src/broken-processing/removal.ts";
import { brokenRequestsAndLocks } from "../src/broken-processing/requests-and-locks.ts";
import { brokenSessionsAndClaims } from "../src/broken-processing/sessions-and-claims.ts";
import { changedProcessingAdapter } from "../src/changed-processing-adapter.ts";
import { hasCaught } from "../src/has-caught.ts";
import { type RecordedOutcome, RecordingRunner } from "../src/recording-runner.ts";

const brokenAdapters = [
  ...brokenSessionsAndClaims,
  ...brokenCheckpointsAndParking,
  ...brokenRequestsAndLocks,
  ...brokenRemoval,
];

/** How the tests of a rule go for an adapter, up to the first whose outcome is enough. */
function outcomesOf(
  wrap: (beneath: ProcessingStorageAdapter) => ProcessingStorageAdapter,
  { rule, isWaitedFor = false }: Pick<BrokenProcessingAdapter, "rule" | "isWaitedFor">,
  isEnough: (outcome: RecordedOutcome) => boolean = () => false,
): Promise<RecordedOutcome[]> {
  const runner = new RecordingRunner();
  processingStorageAdapterSuite(runner, {
    name: "changed",
    capabilities: { durable: false, sharedStorage: false },
    canShare: false,
    create: async () => ({
      open: async (settings) => wrap(await MemoryProcessingStorageAdapter.open(settings)),
      dispose: async () => {},
    }),
    ...(isWaitedFor ? { timeLimitMs: 1_000 } : {}),
  });
  const isCited = (title: string): boolean => title.startsWith(`${rule}:`);
  return isWaitedFor ? runner.runAtOnce(isCited) : runner.runUntil(isEnough, isCited);
}

describe("the processing storage suite", () => {
  it.each(brokenAdapters)("catches an adapter that breaks $rule: it $fault", async (broken) => {
    const outcomes = await outcomesOf(broken.wrap, broken, hasCaught);
    const caught = outcomes.filter((outcome) => (broken.isWaitedFor ? outcome.kind === "failed" : hasCaught(outcome)));
    expect(caught.map(({ title }) => title)).not.toEqual([]);
    for (const { title, message } of caught) expect(message).toContain(`Broken — ${title}\n`);
  });

  it("breaks every rule", () => {
    const rules = new Set(brokenAdapters.map(({ rule }) => rule));
    expect([...rules].sort()).toEqual(Array.from({ length: 17 }, (_, n) => `P${n + 1}`).sort());
  });

  it("lets an adapter pass that is wrapped and not broken", async () => {
    for (const rule of new Set(brokenAdapters.map((broken) => broken.rule))) {
      const outcomes = await outcomesOf((beneath) => changedProcessingAdapter(beneath, {}), { rule });
      expect(outcomes.filter(({ kind }) => kind === "failed")).toEqual([]);
      expect(outcomes.filter(({ kind }) => kind === "passed")).not.toEqual([]);
    }
  });
});
