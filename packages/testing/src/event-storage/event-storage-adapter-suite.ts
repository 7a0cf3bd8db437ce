import { chosenSeed } from "../random/seed.ts";
import { registerRuleTest } from "../suite/register-rule-test.ts";
import type { SuiteRunner } from "../suite/suite-runner.ts";
import { capabilityTests } from "./capability-tests.ts";
import { eventStorageRuleTests } from "./event-storage-rule-tests.ts";
import type { EventStorageSuiteOptions } from "./event-storage-suite-options.ts";
import type { StorageNeed } from "./storage-rule-test.ts";
import { withStorageStage } from "./storage-stage.ts";
import { suiteSizes } from "./suite-sizes.ts";
import { WakeUpPatience } from "./wake-up-watch.ts";

/**
 * Registers the conformance suite for event storage: every rule of the contract as tests whose titles cite its number.
 *
 * It takes the runner's own functions, so it runs under vitest, `node:test` and Jest alike, and asserts with
 * `node:assert`. Each test gets fresh storage, ends by a time limit of its own, and when it fails says which rule broke,
 * what was expected and what came. Tests are skipped only for what `capabilities` declares missing, with that reason in
 * the title. It takes about ten seconds on a fast adapter; `EVENTFOLD_SOAK=1` makes it ten times as thorough.
 *
 * @throws `RangeError` when the seed is no integer below 2³².
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
  const { name, create, capabilities = {}, timeLimitMs } = options;
  const seed = chosenSeed(options.seed);
  const sizes = suiteSizes(options.concurrency);
  const sharesStorage = capabilities.sharedStorage ?? true;
  const patience = new WakeUpPatience(timeLimitMs);
  const registration = {
    withStage: withStorageStage.bind(undefined, { create, sharesStorage, sizes, seed, patience }),
    whyNot: (need: StorageNeed) => whyNot(need, options),
    timeLimitMs,
    seed,
  };
  runner.describe(`${name}: the contract of event storage`, () => {
    for (const test of [...capabilityTests(capabilities), ...eventStorageRuleTests]) {
      registerRuleTest(runner, test, registration);
    }
  });
}

function whyNot(need: StorageNeed, options: EventStorageSuiteOptions): string | undefined {
  if (need === "cutConnections") {
    return options.canCutConnections === true ? undefined : "the storage has no connections that could be cut";
  }
  return options.capabilities?.[need] === false ? `the adapter declares ${need}: false` : undefined;
}
