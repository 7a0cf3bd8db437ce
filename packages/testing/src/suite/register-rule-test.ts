import { Pace } from "./pace.ts";
import { RuleBrokenError } from "./rule-broken.ts";
import { type RuleTest, titleOf } from "./rule-test.ts";
import { soakFactor } from "./soak-factor.ts";
import type { SuiteProgress } from "./suite-progress.ts";
import type { SuiteRunner } from "./suite-runner.ts";
import { withinTimeLimit } from "./time-limit.ts";

/** How much later the runner's limit is than the suite's own, whose message is better. */
const GRACE_MS = 10_000;

/** How the tests of one suite are run. */
export interface RegistrationOptions<TStage, TNeed extends string> {
  /** Builds what a test works with, and takes it down afterwards. */
  readonly withStage: (play: (stage: TStage) => Promise<void>, pace: Pace) => Promise<void>;
  /** Why a need is not met; `undefined` if it is. */
  readonly whyNot: (need: TNeed) => string | undefined;
  /** Replaces the limit of every test. */
  readonly timeLimitMs: number | undefined;
  readonly seed: number;
}

/** Registers one test with the runner, or a skip whose title says why. */
export function registerRuleTest<TStage, TNeed extends string>(
  { it }: Pick<SuiteRunner, "it">,
  test: RuleTest<TStage, TNeed>,
  options: RegistrationOptions<TStage, TNeed> & { readonly progress: SuiteProgress },
): void {
  const title = titleOf(test);
  const reasons = test.needs.map(options.whyNot).filter((reason) => reason !== undefined);
  if (reasons.length > 0) {
    // biome-ignore lint/suspicious/noSkippedTests: skipped for what the adapter declares, and the title says why.
    it.skip(`${title} (skipped: ${reasons.join("; ")})`, async () => {});
    return;
  }
  const limitMs = options.timeLimitMs ?? test.timeLimitMs * soakFactor();
  const body = async (): Promise<void> => {
    const pace = new Pace();
    try {
      const played = options.withStage((stage) => Promise.race([test.run(stage), pace.failure]), pace);
      await withinTimeLimit(played, { limitMs, waitingFor: "the end of the test" });
    } catch (cause) {
      pace.end();
      throw new RuleBrokenError({ title, seed: options.seed, cause });
    }
  };
  it(title, () => options.progress.noted(title, body), limitMs + GRACE_MS);
}
