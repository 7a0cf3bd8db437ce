import type { ProcessingStorageCapabilities } from "@eventfold/processing";
import { DEFAULT_TIME_LIMIT_MS, type ProcessingStorageRule, type RuleTest } from "../suite/rule-test.ts";
import type { ProcessingStage } from "./processing-stage.ts";

/** What a test may need: a capability that the adapter declares, or storage that is shared with events. */
export type ProcessingNeed = keyof ProcessingStorageCapabilities | "sharing";

/** One promise of processing storage, as a test. */
export type ProcessingRuleTest = RuleTest<ProcessingStage, ProcessingNeed>;

/** A test of one promise of a rule. */
export function processingTest(
  rule: ProcessingStorageRule,
  promise: string,
  run: (stage: ProcessingStage) => Promise<void>,
): ProcessingRuleTest {
  return { rule, promise, run, needs: [], timeLimitMs: DEFAULT_TIME_LIMIT_MS };
}

/** The test, for adapters only that can do this. */
export function processingTestNeeding(need: ProcessingNeed, test: ProcessingRuleTest): ProcessingRuleTest {
  return { ...test, needs: [...test.needs, need] };
}
