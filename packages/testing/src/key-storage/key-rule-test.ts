import type { KeyStorageCapabilities } from "@eventfold/events";
import { DEFAULT_TIME_LIMIT_MS, type KeyStorageRule, type RuleTest } from "../suite/rule-test.ts";
import type { KeyStage } from "./key-stage.ts";

/** What a test may need: a capability that the adapter declares, or a database that is shared with events. */
export type KeyNeed = keyof KeyStorageCapabilities | "sharing";

/** One promise of key storage, as a test. */
export type KeyRuleTest = RuleTest<KeyStage, KeyNeed>;

/** A test of one promise of a rule. */
export function keyTest(rule: KeyStorageRule, promise: string, run: (stage: KeyStage) => Promise<void>): KeyRuleTest {
  return { rule, promise, run, needs: [], timeLimitMs: DEFAULT_TIME_LIMIT_MS };
}

/** The test, for adapters only that can do this. */
export function keyTestNeeding(need: KeyNeed, test: KeyRuleTest): KeyRuleTest {
  return { ...test, needs: [...test.needs, need] };
}
