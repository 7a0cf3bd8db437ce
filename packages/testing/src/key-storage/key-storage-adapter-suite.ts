import type { KeyStorageCapabilities } from "@eventfold/events";
import { assertSame } from "../event-storage/observe/same.ts";
import { chosenSeed } from "../random/seed.ts";
import { registerSuite } from "../suite/register-suite.ts";
import type { SuiteRunner } from "../suite/suite-runner.ts";
import { type KeyNeed, type KeyRuleTest, keyTest } from "./key-rule-test.ts";
import { withKeyStage } from "./key-stage.ts";
import type { KeyStorageSuiteOptions } from "./key-storage-suite-options.ts";
import { firstKeys } from "./rules/k1-first-keys.ts";
import { rotating } from "./rules/k2-rotating.ts";
import { finding } from "./rules/k3-finding.ts";
import { forgetting } from "./rules/k4-forgetting.ts";
import { replacingSecrets } from "./rules/k5-replacing-secrets.ts";
import { listing } from "./rules/k6-listing.ts";
import { lostKeyReplies } from "./rules/k7-lost-replies.ts";
import { keyLifeCycle } from "./rules/k8-life-cycle.ts";

/**
 * Registers the conformance suite for key storage: every promise of the port `KeyStorageAdapter` as tests, each of which cites its rule in
 * `docs/keys-contract.md`.
 *
 * It takes the runner's own functions, so it runs under vitest, `node:test` and Jest alike, and asserts with `node:assert`.
 * Each test gets fresh storage and has a time limit of its own. A failure says which promise broke, what was expected and what
 * came. Tests are skipped only for what the options declare missing, with that reason in the title, and for `rules` that are
 * left out.
 *
 * @throws `RangeError` when the seed is not an integer below 2³², or `rules` is empty or names a rule for which the suite has
 *   no tests.
 *
 * @example
 * ```ts
 * import * as vitest from "vitest";
 *
 * keyStorageAdapterSuite(vitest, {
 *   name: "memory",
 *   capabilities: { durable: false, sharedStorage: false },
 *   create: async () => ({
 *     open: () => MemoryKeyStorageAdapter.open(),
 *     openShared: async () => {
 *       const events = await MemoryEventStorageAdapter.open();
 *       return { events, keys: await MemoryKeyStorageAdapter.open({ shareWith: events }) };
 *     },
 *     dispose: async () => {},
 *   }),
 * });
 * ```
 */
export function keyStorageAdapterSuite(runner: SuiteRunner, options: KeyStorageSuiteOptions): void {
  const { name, create, capabilities = {}, concurrency, timeLimitMs, rules } = options;
  const seed = chosenSeed(options.seed);
  const sharesStorage = capabilities.sharedStorage ?? true;
  registerSuite(runner, {
    title: `${name}: the contract of key storage`,
    always: [capabilityTest(capabilities)],
    tests: RULES,
    rules,
    withStage: withKeyStage.bind(undefined, { create, sharesStorage, concurrency, seed }),
    whyNot: (need: KeyNeed) => whyNot(need, options),
    timeLimitMs,
    seed,
  });
}

const RULES: readonly KeyRuleTest[] = [
  ...firstKeys,
  ...rotating,
  ...finding,
  ...forgetting,
  ...replacingSecrets,
  ...listing,
  ...lostKeyReplies,
  ...keyLifeCycle,
];

function whyNot(need: KeyNeed, { canShare = true, capabilities }: KeyStorageSuiteOptions): string | undefined {
  if (need === "sharing") return canShare ? undefined : "the storage cannot be shared with events";
  return capabilities?.[need] === false ? `the adapter declares ${need}: false` : undefined;
}

function capabilityTest(told: Partial<KeyStorageCapabilities>): KeyRuleTest {
  return keyTest("K8", "an open adapter declares the capabilities that the suite was told of", async ({ adapter }) => {
    assertSame({ ...adapter.capabilities }, { durable: true, sharedStorage: true, ...told });
  });
}
