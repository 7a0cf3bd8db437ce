import assert from "node:assert/strict";
import type { ProcessingStorageCapabilities } from "@eventfold/processing";
import { assertSame } from "../event-storage/observe/same.ts";
import { chosenSeed } from "../random/seed.ts";
import { registerSuite } from "../suite/register-suite.ts";
import type { SuiteRunner } from "../suite/suite-runner.ts";
import { type ProcessingNeed, type ProcessingRuleTest, processingTest } from "./processing-rule-test.ts";
import { withProcessingStage } from "./processing-stage.ts";
import type { ProcessingStorageSuiteOptions } from "./processing-storage-suite-options.ts";
import { registering } from "./rules/p1-registering.ts";
import { sessions } from "./rules/p2-sessions.ts";
import { beats } from "./rules/p3-beats.ts";
import { eviction } from "./rules/p4-eviction.ts";
import { claims } from "./rules/p5-claims.ts";
import { releases } from "./rules/p6-releases.ts";
import { checkpoints } from "./rules/p7-checkpoints.ts";
import { parking } from "./rules/p8-parking.ts";
import { requests } from "./rules/p9-requests.ts";
import { repartitioning } from "./rules/p10-repartitioning.ts";
import { locks } from "./rules/p11-locks.ts";
import { processingSharing } from "./rules/p12-sharing.ts";
import { processingTransactions } from "./rules/p12-transactions.ts";
import { status } from "./rules/p13-status.ts";
import { lostReplies } from "./rules/p14-lost-replies.ts";
import { processingWakeUps } from "./rules/p15-wake-ups.ts";
import { processingLifeCycle } from "./rules/p16-life-cycle.ts";
import { removal } from "./rules/p17-removal.ts";

/**
 * Registers the conformance suite for processing storage: every promise of the port `ProcessingStorageAdapter` as tests, each of
 * which cites its rule in `docs/processing-contract.md`.
 *
 * It takes the runner's own functions, so it runs under vitest, `node:test` and Jest alike, and asserts with `node:assert`.
 * Each test gets fresh storage and has a time limit of its own. A failure says which promise broke, what was expected and what
 * came. Tests are skipped only for what the options declare missing, with that reason in the title, and for `rules` that are
 * left out. If the suite takes longer than five seconds, it reports its progress on standard error.
 *
 * @throws `RangeError` when the seed is not an integer below 2³², or `rules` is empty or names a rule for which the suite has
 *   no tests.
 *
 * @example
 * ```ts
 * import * as vitest from "vitest";
 *
 * processingStorageAdapterSuite(vitest, {
 *   name: "memory",
 *   capabilities: { durable: false, sharedStorage: false },
 *   create: async () => ({
 *     open: (settings) => MemoryProcessingStorageAdapter.open(settings),
 *     openShared: async (settings) => {
 *       const events = await MemoryEventStorageAdapter.open(settings);
 *       return { events, processing: await MemoryProcessingStorageAdapter.open({ shareWith: events }) };
 *     },
 *     dispose: async () => {},
 *   }),
 * });
 * ```
 */
export function processingStorageAdapterSuite(runner: SuiteRunner, options: ProcessingStorageSuiteOptions): void {
  const { name, create, capabilities = {}, concurrency, timeLimitMs, rules } = options;
  const seed = chosenSeed(options.seed);
  const sharesStorage = capabilities.sharedStorage ?? true;
  registerSuite(runner, {
    title: `${name}: the contract of processing storage`,
    always: [capabilityTest(capabilities)],
    tests: RULES,
    rules,
    withStage: withProcessingStage.bind(undefined, { create, sharesStorage, concurrency, seed }),
    whyNot: (need: ProcessingNeed) => whyNot(need, options),
    timeLimitMs,
    seed,
  });
}

const RULES: readonly ProcessingRuleTest[] = [
  ...registering,
  ...sessions,
  ...beats,
  ...eviction,
  ...claims,
  ...releases,
  ...checkpoints,
  ...parking,
  ...requests,
  ...repartitioning,
  ...locks,
  ...processingTransactions,
  ...processingSharing,
  ...status,
  ...lostReplies,
  ...processingWakeUps,
  ...processingLifeCycle,
  ...removal,
];

function whyNot(
  need: ProcessingNeed,
  { canShare = true, capabilities }: ProcessingStorageSuiteOptions,
): string | undefined {
  if (need === "sharing") return canShare ? undefined : "the storage cannot be shared with events";
  return capabilities?.[need] === false ? `the adapter declares ${need}: false` : undefined;
}

function capabilityTest(told: Partial<ProcessingStorageCapabilities>): ProcessingRuleTest {
  return processingTest(
    "P16",
    "an open adapter declares the capabilities that the suite was told of",
    async ({ adapter }) => {
      const expected = { durable: true, sharedStorage: true, transactions: true, notifications: true, ...told };
      assertSame({ ...adapter.capabilities }, expected);
      assert.equal(typeof adapter.transaction, expected.transactions ? "function" : "undefined");
    },
  );
}
