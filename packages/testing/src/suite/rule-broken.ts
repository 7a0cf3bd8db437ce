import { AssertionError } from "node:assert";
import { shown } from "./shown.ts";

/** The failure of a suite's test: which rule broke, what was expected and what came. `cause` is the assertion itself. */
export class RuleBrokenError extends Error {
  /** The title of the test, which begins with the rule. */
  readonly title: string;
  /** What came, if the error was an assertion; runners print the difference. */
  readonly actual: unknown;
  /** What was expected, if the error was an assertion. */
  readonly expected: unknown;

  constructor({ title, seed, cause }: { readonly title: string; readonly seed: number; readonly cause: unknown }) {
    super(`Broken — ${title}\n${failureText(cause)}\n(seed ${seed}; set EVENTFOLD_SEED=${seed} to run with it again)`, {
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

/** The text for an error that ended a test: for an assertion its message and what came, for any other error its stack. */
export function failureText(cause: unknown): string {
  if (cause instanceof AssertionError) return cause.operator === "strictEqual" ? comparison(cause) : cause.message;
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}

/** What was expected and what came. Some releases of Node leave that out of messages, and none says which value is which. */
function comparison({ message, generatedMessage, expected, actual }: AssertionError): string {
  const difference = `expected ${shown(expected)}, got ${shown(actual)}`;
  const [what] = message.split("\n\n");
  return generatedMessage ? difference : `${what}: ${difference}`;
}
