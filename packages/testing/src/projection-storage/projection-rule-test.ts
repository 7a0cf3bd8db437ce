import type { ProjectionStorageCapabilities } from "@eventfold/projections";
import { DEFAULT_TIME_LIMIT_MS, type ProjectionStorageRule, type RuleTest } from "../suite/rule-test.ts";
import type { ProjectionStage } from "./projection-stage.ts";

/** What a test may need: a capability that the adapter declares, or storage that is shared with events, or functions. */
export type ProjectionNeed = keyof ProjectionStorageCapabilities | "sharing" | "functions";

/** One promise of projection storage, as a test. */
export type ProjectionRuleTest = RuleTest<ProjectionStage, ProjectionNeed>;

/** A test of one promise of a chapter. */
export function projectionTest(
  chapter: ProjectionStorageRule,
  promise: string,
  run: (stage: ProjectionStage) => Promise<void>,
): ProjectionRuleTest {
  return { rule: chapter, promise, run, needs: [], timeLimitMs: DEFAULT_TIME_LIMIT_MS * 2 };
}

/** The test, for adapters only that can do this. */
export function projectionTestNeeding(need: ProjectionNeed, test: ProjectionRuleTest): ProjectionRuleTest {
  return { ...test, needs: [...test.needs, need] };
}
