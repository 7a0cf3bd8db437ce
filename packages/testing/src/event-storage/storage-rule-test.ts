import type { StorageCapabilities } from "@eventfold/store";
import { DEFAULT_TIME_LIMIT_MS, type EventStorageRule, type RuleTest } from "../suite/rule-test.ts";
import type { OptionalMember } from "./optional-members.ts";
import type { StorageStage } from "./storage-stage.ts";

/**
 * What a test may need: a capability that the adapter declares, an optional member that it has, or storage whose connections can be
 * cut.
 */
export type StorageNeed = keyof StorageCapabilities | OptionalMember | "cutConnections";

/** One promise of one rule for event storage, as a test. */
export type StorageRuleTest = RuleTest<StorageStage, StorageNeed>;

/** A test of one promise of a rule. */
export function ruleTest(
  rule: EventStorageRule,
  promise: string,
  run: (stage: StorageStage) => Promise<void>,
): StorageRuleTest {
  return { rule, promise, run, needs: [], timeLimitMs: DEFAULT_TIME_LIMIT_MS };
}

/** The test, for adapters only that can do this. */
export function needing(need: StorageNeed, test: StorageRuleTest): StorageRuleTest {
  return { ...test, needs: [...test.needs, need] };
}

/** The test, with a time limit of three minutes. */
export function withAmpleTime(test: StorageRuleTest): StorageRuleTest {
  return { ...test, timeLimitMs: 180_000 };
}
