import fc from "fast-check";
import type { StorageUnderTest } from "../event-storage/storage-under-test.ts";
import { chosenSeed } from "../random/seed.ts";
import { RuleBrokenError } from "../suite/rule-broken.ts";
import type { SuiteRunner } from "../suite/suite-runner.ts";
import { withinTimeLimit } from "../suite/time-limit.ts";
import { type ModelStage, ModelStages } from "./model-stage.ts";
import { concurrentPrograms, programs } from "./program-arbitrary.ts";
import { runConcurrentProgram } from "./run-concurrent-program.ts";
import { runProgram } from "./run-program.ts";

/** The options of {@link eventStorageModelTest}. */
export interface EventStorageModelTestOptions {
  /** Names the tests in the runner's report. */
  readonly name: string;
  /** Makes fresh, empty storage, as for `eventStorageAdapterSuite`. */
  readonly create: () => Promise<StorageUnderTest>;
  /** How many programs each of the two tests runs. Default: 500; 50,000 when `EVENTFOLD_SOAK` is set. */
  readonly programs?: number | undefined;
  /**
   * How many programs run on the same storage, one after another, each in categories of its own. More make the tests faster
   * if it takes long to make storage. Default: 25.
   */
  readonly programsPerStorage?: number | undefined;
  /** How long a program that failed is shrunk, in milliseconds. Default: 15,000. */
  readonly shrinkLimitMs?: number | undefined;
  /** The time limit of each test, in milliseconds. Default: 180,000; an hour when `EVENTFOLD_SOAK` is set. */
  readonly timeLimitMs?: number | undefined;
  /** Where programs come from: an integer below 2³². Default: `EVENTFOLD_SEED`, else a fresh one per run. */
  readonly seed?: number | undefined;
}

/** How much later the runner's own limit takes effect. */
const GRACE_MS = 10_000;

/**
 * Registers two tests that run random programs against an adapter: publishes with all write conditions, to one stream
 * and to several, with ids that are used again, on boundaries and queries; boundaries; scans of every scope, direction, limit and constraint; `latest`, look-ups,
 * listings; and, if storage is durable, closing and opening again.
 *
 * The first runs a program on the adapter and on a model, which is a list of events and the contract's rules, and
 * compares every answer. The second runs two to four callers at once and checks that the order of their events in the log
 * explains every answer, as `checkHistory` does. If storage can be shared, two adapters take turns.
 *
 * A program that fails is shrunk to the shortest that still fails, and printed with the seed. It needs `fast-check`.
 *
 * @throws `RangeError` when the seed is not an integer below 2³².
 *
 * @example
 * ```ts
 * import * as vitest from "vitest";
 * import { eventStorageModelTest } from "@eventfold/testing/model";
 *
 * eventStorageModelTest(vitest, { name: "my adapter", create });
 * ```
 */
export function eventStorageModelTest(runner: SuiteRunner, options: EventStorageModelTestOptions): void {
  const isSoak = Boolean(process.env.EVENTFOLD_SOAK);
  const count = options.programs ?? (isSoak ? 50_000 : 500);
  runner.describe(`${options.name}: the model of event storage`, () => {
    register(runner, options, {
      title: `model: ${count} random programs are answered as the model answers them`,
      check: checked(programs, runProgram),
      count,
    });
    register(runner, options, {
      title: `model: ${count} random programs of several callers at once are answered as one after another`,
      check: checked(concurrentPrograms, runConcurrentProgram),
      count,
    });
  });
}

interface ModelTest {
  readonly title: string;
  readonly check: (stages: ModelStages, limits: CheckLimits) => Promise<void>;
  readonly count: number;
}

interface CheckLimits {
  readonly parameters: { readonly seed: number; readonly numRuns: number };
  readonly shrinkLimitMs: number;
}

function register(
  { it }: SuiteRunner,
  options: EventStorageModelTestOptions,
  { title, check, count }: ModelTest,
): void {
  const seed = chosenSeed(options.seed);
  const limitMs = options.timeLimitMs ?? (process.env.EVENTFOLD_SOAK ? 3_600_000 : 180_000);
  const parameters = { seed, numRuns: count, interruptAfterTimeLimit: limitMs * 0.8, markInterruptAsFailure: true };
  const body = async (): Promise<void> => {
    const stages = new ModelStages(options.create, options.programsPerStorage ?? 25);
    try {
      const limits = { parameters, shrinkLimitMs: options.shrinkLimitMs ?? 15_000 };
      await withinTimeLimit(check(stages, limits), { limitMs, waitingFor: "the end of the test" });
    } catch (cause) {
      throw new RuleBrokenError({ title, seed, cause });
    } finally {
      await stages.end();
    }
  };
  it(title, body, limitMs + GRACE_MS);
}

function checked<TProgram extends readonly unknown[]>(
  arbitrary: fc.Arbitrary<TProgram>,
  run: (program: TProgram, stage: ModelStage) => Promise<void>,
): ModelTest["check"] {
  return async (stages, { parameters, shrinkLimitMs }) => {
    let failedAtMs: number | undefined;
    const property = fc.asyncProperty(arbitrary, async (program) => {
      // Shrinking ends when no shorter program fails any more. So once the time is up, every program passes.
      if (failedAtMs !== undefined && performance.now() > failedAtMs + shrinkLimitMs) return;
      try {
        await stages.play((stage) => run(program, stage));
      } catch (error) {
        failedAtMs ??= performance.now();
        throw error;
      }
    });
    const details = await fc.check(property, parameters);
    if (details.failed) throw new Error(reportOf(details), { cause: details.errorInstance });
  };
}

function reportOf<TProgram extends readonly unknown[]>(details: fc.RunDetails<[TProgram]>): string {
  const [program] = details.counterexample ?? [];
  if (program === undefined) return `The time was up after ${details.numRuns} programs.`;
  const lines = program.map((part, index) => `  ${index + 1}. ${JSON.stringify(part)}`);
  const { errorInstance: error, numRuns, numShrinks } = details;
  return [
    `Program ${numRuns} failed; shrunk ${numShrinks} times it is:`,
    ...lines,
    error instanceof Error ? error.message : String(error),
  ].join("\n");
}
