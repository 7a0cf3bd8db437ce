import { type RuleReference, type RuleTest, ruleName } from "./rule-test.ts";
import { soakFactor } from "./soak-factor.ts";

/**
 * The rules of a suite whose tests are run: those that are named, or all of them under `EVENTFOLD_SOAK` or if none are named.
 *
 * @throws `RangeError` when a rule is named for which the suite has no test, or the list is empty; `TypeError` when it is
 * not a list.
 */
export function chosenRules(
  tests: readonly Pick<RuleTest<never, never>, "rule">[],
  named: readonly RuleReference[] | undefined,
): ReadonlySet<RuleReference> {
  const all = new Set(tests.map(({ rule }) => rule));
  if (named === undefined) return all;
  if (!Array.isArray(named)) throw new TypeError(`The option rules must be an array, but it is ${typeof named}.`);
  if (named.length === 0) throw new RangeError("The option rules names no rule, so nothing would be tested.");
  const unknown = named.filter((rule) => !all.has(rule));
  if (unknown.length > 0) {
    const known = [...all].map(ruleName).join(", ");
    throw new RangeError(`The suite has no tests of ${unknown.map(ruleName).join(", ")}; it has: ${known}.`);
  }
  return soakFactor() > 1 ? all : new Set(named);
}
