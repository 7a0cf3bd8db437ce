import { setTimeout as sleep } from "node:timers/promises";
import type { SuiteRunner } from "@eventfold/testing";

/** After this time the next test begins, though the one before has not ended: broken adapters make many tests wait in vain. */
const PATIENCE_MS = 250;

/** How a test of a suite went. */
export interface RecordedOutcome {
  readonly title: string;
  readonly kind: "passed" | "failed" | "skipped";
  /** The message of the failure. */
  readonly message?: string;
}

interface RecordedTest {
  readonly title: string;
  readonly body: (() => Promise<void>) | undefined;
}

/** A runner that keeps the tests it is given, and runs those that are asked for. */
export class RecordingRunner implements SuiteRunner {
  readonly #tests: RecordedTest[] = [];

  readonly describe = (_title: string, body: () => void): void => body();

  readonly it = Object.assign(
    (title: string, body: () => Promise<void>): void => {
      this.#tests.push({ title, body });
    },
    {
      skip: (title: string): void => {
        this.#tests.push({ title, body: undefined });
      },
    },
  );

  /** The titles of all tests, in the order in which they were registered. */
  get titles(): readonly string[] {
    return this.#tests.map(({ title }) => title);
  }

  /** Runs the tests whose titles are wanted, in their order. Those that wait do not hold up the next. */
  async run(isWanted: (title: string) => boolean = () => true): Promise<RecordedOutcome[]> {
    return this.runUntil(() => false, isWanted);
  }

  /** Runs the tests whose titles are wanted as {@link run} does, up to the first whose outcome is enough. */
  async runUntil(
    isEnough: (outcome: RecordedOutcome) => boolean,
    isWanted: (title: string) => boolean = () => true,
  ): Promise<RecordedOutcome[]> {
    const outcomes: RecordedOutcome[] = [];
    const runs: Promise<void>[] = [];
    const enough = Promise.withResolvers<void>();
    const note = (outcome: RecordedOutcome): void => {
      outcomes.push(outcome);
      if (isEnough(outcome)) enough.resolve();
    };
    for (const test of this.#wanted(isWanted)) {
      const run = outcomeOf(test).then(note);
      runs.push(run);
      await Promise.race([run, enough.promise, sleep(PATIENCE_MS)]);
      if (outcomes.some(isEnough)) return outcomes;
    }
    await Promise.race([Promise.all(runs), enough.promise]);
    return outcomes;
  }

  /** Runs the tests whose titles are wanted, all at once: quick where most of them wait in vain. */
  async runAtOnce(isWanted: (title: string) => boolean): Promise<RecordedOutcome[]> {
    return Promise.all(this.#wanted(isWanted).map(outcomeOf));
  }

  #wanted(isWanted: (title: string) => boolean): readonly RecordedTest[] {
    return this.#tests.filter(({ title }) => isWanted(title));
  }
}

async function outcomeOf({ title, body }: RecordedTest): Promise<RecordedOutcome> {
  if (body === undefined) return { title, kind: "skipped" };
  try {
    await body();
    return { title, kind: "passed" };
  } catch (error) {
    return { title, kind: "failed", message: error instanceof Error ? error.message : String(error) };
  }
}
