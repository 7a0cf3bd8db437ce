import { AssertionError } from "node:assert";

/** The failure of a suite's test: which rule broke, what was expected and what came. `cause` is the assertion itself. */
export class RuleBrokenError extends Error {
  /** The title of the test, which begins with the rule. */
  readonly title: string;
  /** What came, where an assertion said so; runners print the difference. */
  readonly actual: unknown;
  /** What was expected, where an assertion said so. */
  readonly expected: unknown;

  constructor({ title, seed, cause }: { readonly title: string; readonly seed: number; readonly cause: unknown }) {
    super(`Broken — ${title}\n${messageOf(cause)}\n(seed ${seed}; set EVENTFOLD_SEED=${seed} to run with it again)`, {
      cause,
    });
    this.name = "RuleBrokenError";
    this.title = title;
    if (cause instanceof AssertionError) {
      this.actual = cause.actual;
      this.expected = cause.expected;
    }
  }
}

function messageOf(cause: unknown): string {
  if (cause instanceof AssertionError) return cause.message;
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}
