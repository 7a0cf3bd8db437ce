import type { LockLine } from "./lock-run.ts";

/**
 * What speaks against one holder at a time, as far as each could know: a token that two were given, or a holder that was at work when the
 * next one had the lock. The work of one that was killed or frozen ends with its last line.
 *
 * @param lines by the token of the lock and then in time.
 */
export function lockViolations(lines: readonly LockLine[]): readonly string[] {
  const violations: string[] = [];
  let before: LockLine | undefined;
  for (const [token, own] of Map.groupBy(lines, (line) => line.token)) {
    const taken = own.filter(({ what }) => what === "taken");
    const [begin] = taken;
    if (begin === undefined || taken.length > 1) violations.push(`The token ${token} was given to ${taken.length}.`);
    if (begin !== undefined && before !== undefined && before.atNs > begin.atNs) {
      violations.push(`${before.name} was at work under the token ${before.token} when ${begin.name} had ${token}.`);
    }
    before = own.findLast(({ what }) => what !== "lost");
  }
  return violations;
}
