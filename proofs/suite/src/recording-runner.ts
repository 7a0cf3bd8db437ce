import type { SuiteRunner } from "@eventfold/testing";

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

/** A runner that keeps the tests it is given, and runs those that are asked for, one after another. */
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

  /** Runs the tests whose titles are wanted. */
  async run(isWanted: (title: string) => boolean = () => true): Promise<RecordedOutcome[]> {
    const outcomes: RecordedOutcome[] = [];
    for (const { title, body } of this.#tests) {
      if (isWanted(title))
        outcomes.push(body === undefined ? { title, kind: "skipped" } : await outcomeOf(title, body));
    }
    return outcomes;
  }
}

async function outcomeOf(title: string, body: () => Promise<void>): Promise<RecordedOutcome> {
  try {
    await body();
    return { title, kind: "passed" };
  } catch (error) {
    return { title, kind: "failed", message: error instanceof Error ? error.message : String(error) };
  }
}
