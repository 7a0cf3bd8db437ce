import assert from "node:assert/strict";
import type { ProjectionStorageCapabilities } from "@eventfold/projections";
import { assertSame } from "../event-storage/observe/same.ts";
import { chosenSeed } from "../random/seed.ts";
import { registerSuite } from "../suite/register-suite.ts";
import type { SuiteRunner } from "../suite/suite-runner.ts";
import { completeness } from "./chapters/completeness.ts";
import { deleting } from "./chapters/deleting.ts";
import { projectionLifeCycle } from "./chapters/life-cycle.ts";
import { loading } from "./chapters/loading.ts";
import { queries } from "./chapters/queries.ts";
import { queriesByList } from "./chapters/queries-by-list.ts";
import { generatedQueries } from "./chapters/queries-generated.ts";
import { queriesOfText } from "./chapters/queries-of-text.ts";
import { queriesToTheEnd } from "./chapters/queries-to-the-end.ts";
import { queriesWithFunctions } from "./chapters/queries-with-functions.ts";
import { removing } from "./chapters/removing.ts";
import { saving } from "./chapters/saving.ts";
import { savingTogether } from "./chapters/saving-together.ts";
import { sharing } from "./chapters/sharing.ts";
import { sharingIds } from "./chapters/sharing-ids.ts";
import { sharingKeyed } from "./chapters/sharing-keyed.ts";
import { sharingRemoved } from "./chapters/sharing-removed.ts";
import { statesKept } from "./chapters/states-kept.ts";
import { projectionTransactions } from "./chapters/transactions.ts";
import { versions } from "./chapters/versions.ts";
import { type ProjectionNeed, type ProjectionRuleTest, projectionTest } from "./projection-rule-test.ts";
import { withProjectionStage } from "./projection-stage.ts";
import type { ProjectionStorageSuiteOptions } from "./projection-storage-suite-options.ts";

/**
 * Registers the conformance suite for projection storage: every promise of the port `ProjectionStorageAdapter` as tests.
 * They include generated queries, whose results must be those of the reference evaluator.
 *
 * It takes the runner's own functions, so it runs under vitest, `node:test` and Jest alike, and asserts with
 * `node:assert`. Each test gets fresh storage and has a time limit of its own. A failure says which promise broke, what was
 * expected and what came. Tests are skipped only for what the options declare missing, with that reason in the title, and
 * for `rules` that are left out. If the suite takes longer than five seconds, it reports its progress on standard error.
 *
 * @throws `RangeError` when the seed is not an integer below 2³², or `rules` is empty or names a rule for which the suite
 *   has no tests.
 *
 * @example
 * ```ts
 * import * as vitest from "vitest";
 *
 * projectionStorageAdapterSuite(vitest, {
 *   name: "memory",
 *   capabilities: { durable: false, sharedStorage: false },
 *   create: async () => ({
 *     open: (settings) => MemoryProjectionStorageAdapter.open(settings),
 *     openShared: async (settings) => {
 *       const events = await MemoryEventStorageAdapter.open(settings);
 *       return { events, projections: await MemoryProjectionStorageAdapter.open({ shareWith: events }) };
 *     },
 *     dispose: async () => {},
 *   }),
 * });
 * ```
 */
export function projectionStorageAdapterSuite(runner: SuiteRunner, options: ProjectionStorageSuiteOptions): void {
  const { name, create, capabilities = {}, concurrency, timeLimitMs, rules } = options;
  const seed = chosenSeed(options.seed);
  const sharesStorage = capabilities.sharedStorage ?? true;
  registerSuite(runner, {
    title: `${name}: the contract of projection storage`,
    always: [capabilityTest(capabilities)],
    tests: CHAPTERS,
    rules,
    withStage: withProjectionStage.bind(undefined, { create, sharesStorage, concurrency, seed }),
    whyNot: (need: ProjectionNeed) => whyNot(need, options),
    timeLimitMs,
    seed,
  });
}

const CHAPTERS: readonly ProjectionRuleTest[] = [
  ...saving,
  ...savingTogether,
  ...statesKept,
  ...loading,
  ...queries,
  ...queriesByList,
  ...queriesOfText,
  ...queriesWithFunctions,
  ...queriesToTheEnd,
  ...generatedQueries,
  ...versions,
  ...removing,
  ...deleting,
  ...projectionTransactions,
  ...completeness,
  ...sharing,
  ...sharingIds,
  ...sharingKeyed,
  ...sharingRemoved,
  ...projectionLifeCycle,
];

function whyNot(
  need: ProjectionNeed,
  { canShare = true, canCallFunctions = true, capabilities }: ProjectionStorageSuiteOptions,
): string | undefined {
  if (need === "sharing") return canShare ? undefined : "the storage cannot be shared with events";
  if (need === "functions") return canCallFunctions ? undefined : "the adapter takes no functions";
  return capabilities?.[need] === false ? `the adapter declares ${need}: false` : undefined;
}

function capabilityTest(told: Partial<ProjectionStorageCapabilities>): ProjectionRuleTest {
  return projectionTest(
    "life cycle",
    "an open adapter declares the capabilities that the suite was told of",
    async ({ adapter }) => {
      const expected = { durable: true, sharedStorage: true, transactions: true, ...told };
      assertSame({ ...adapter.capabilities }, expected);
      assert.equal(typeof adapter.transaction, expected.transactions ? "function" : "undefined");
      assert.equal(adapter.isClosed, false);
    },
  );
}
