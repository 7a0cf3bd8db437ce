import { chosenRules } from "./chosen-rules.ts";
import { type RegistrationOptions, registerRuleTest } from "./register-rule-test.ts";
import { type RuleReference, type RuleTest, ruleName } from "./rule-test.ts";
import { SuiteProgress } from "./suite-progress.ts";
import type { SuiteRunner } from "./suite-runner.ts";

/** A suite and its options. */
export interface SuiteRegistration<TStage, TNeed extends string> extends RegistrationOptions<TStage, TNeed> {
  /** Names the suite in the runner's report. */
  readonly title: string;
  /** Tests that are run whatever rules are chosen, before all others. */
  readonly always: readonly RuleTest<TStage, TNeed>[];
  readonly tests: readonly RuleTest<TStage, TNeed>[];
  /** The rules that are tested; `undefined` for all. */
  readonly rules: readonly RuleReference[] | undefined;
}

/** Registers the tests of a suite, and a skip for each rule that is left out. */
export function registerSuite<TStage, TNeed extends string>(
  runner: SuiteRunner,
  suite: SuiteRegistration<TStage, TNeed>,
): void {
  const rules = chosenRules(suite.tests, suite.rules);
  const tests = [...suite.always, ...suite.tests.filter(({ rule }) => rules.has(rule))];
  const progress = new SuiteProgress(suite.title, tests.length);
  runner.describe(suite.title, () => {
    for (const test of tests) registerRuleTest(runner, test, { ...suite, progress });
    for (const [rule, { length }] of leftOut(suite.tests, rules)) {
      const count = length === 1 ? "1 test" : `${length} tests`;
      const reason = "not among the rules of this suite; EVENTFOLD_SOAK=1 runs it";
      runner.it.skip(`${ruleName(rule)}: ${count} (skipped: ${reason})`, async () => {});
    }
  });
}

function leftOut<TTest extends { readonly rule: RuleReference }>(
  tests: readonly TTest[],
  chosen: ReadonlySet<RuleReference>,
): ReadonlyMap<RuleReference, readonly TTest[]> {
  return Map.groupBy(
    tests.filter(({ rule }) => !chosen.has(rule)),
    ({ rule }) => rule,
  );
}
