import { chosenSeed } from "../random/seed.ts";
import { registerSuite } from "../suite/register-suite.ts";
import type { SuiteRunner } from "../suite/suite-runner.ts";
import { capabilityTests } from "./capability-tests.ts";
import { eventStorageRuleTests } from "./event-storage-rule-tests.ts";
import type { EventStorageSuiteOptions } from "./event-storage-suite-options.ts";
import { isOptionalMember } from "./optional-members.ts";
import type { StorageNeed } from "./storage-rule-test.ts";
import { withStorageStage } from "./storage-stage.ts";
import { suiteSizes } from "./suite-sizes.ts";
import { WakeUpLimit } from "./wake-up-watch.ts";

/**
 * Registers the conformance suite for event storage: every rule of the contract as tests whose titles cite its number.
 *
 * It takes the runner's own functions, so it runs under vitest, `node:test` and Jest alike, and asserts with
 * `node:assert`. Each test gets fresh storage and has a time limit of its own. A failure says which rule broke, what was
 * expected and what came. Tests are skipped only for capabilities that are declared missing, with that reason in the title,
 * and for `rules` that are left out. The suite takes about ten seconds on a fast adapter. If it takes longer than five, it
 * reports its progress on standard error. `EVENTFOLD_SOAK=1` makes it ten times as thorough.
 *
 * @throws `RangeError` when the seed is not an integer below 2³², or `rules` is empty or names a rule for which the suite
 *   has no tests.
 *
 * @example
 * ```ts
 * import * as vitest from "vitest";
 *
 * eventStorageAdapterSuite(vitest, {
 *   name: "my adapter",
 *   create: async () => {
 *     const directory = await mkdtemp(join(tmpdir(), "my-adapter-"));
 *     return {
 *       open: (settings) => MyEventStorageAdapter.open({ directory, ...settings }),
 *       dispose: () => rm(directory, { recursive: true }),
 *     };
 *   },
 * });
 * ```
 */
export function eventStorageAdapterSuite(runner: SuiteRunner, options: EventStorageSuiteOptions): void {
  const { name, create, capabilities = {}, lacks = [], timeLimitMs, rules } = options;
  const seed = chosenSeed(options.seed);
  const sizes = suiteSizes(options.concurrency);
  const sharesStorage = capabilities.sharedStorage ?? true;
  const wakeUpLimit = new WakeUpLimit(timeLimitMs);
  registerSuite(runner, {
    title: `${name}: the contract of event storage`,
    always: capabilityTests({ capabilities, lacks }),
    tests: eventStorageRuleTests,
    rules,
    withStage: withStorageStage.bind(undefined, { create, sharesStorage, sizes, seed, wakeUpLimit }),
    whyNot: (need: StorageNeed) => whyNot(need, options),
    timeLimitMs,
    seed,
  });
}

function whyNot(need: StorageNeed, options: EventStorageSuiteOptions): string | undefined {
  if (need === "cutConnections") {
    return options.canCutConnections === true ? undefined : "the storage has no connections that could be cut";
  }
  if (isOptionalMember(need)) return options.lacks?.includes(need) ? `the adapter has no ${need}` : undefined;
  return options.capabilities?.[need] === false ? `the adapter declares ${need}: false` : undefined;
}
