import type { OrderingGuarantee } from "@eventfold/store";
import { checkAcknowledgements } from "./check/check-acknowledgements.ts";
import { checkBoundaries } from "./check/check-boundaries.ts";
import { checkConditions } from "./check/check-conditions.ts";
import { checkLog } from "./check/check-log.ts";
import { checkMatches } from "./check/check-matches.ts";
import { checkReads } from "./check/check-reads.ts";
import { checkRefusals } from "./check/check-refusals.ts";
import { evidenceOf } from "./check/evidence.ts";
import type { HistoryViolation } from "./check/history-violation.ts";
import { ForbiddenHistoryError } from "./forbidden-history-error.ts";
import type { History } from "./history-line.ts";
import { operationsOf } from "./operation.ts";

/** How a history is judged. */
export interface CheckHistoryOptions {
  /** The guarantee that the log was created with: `adapter.orderingGuarantee`. Default: `"log"`. */
  readonly orderingGuarantee?: OrderingGuarantee | undefined;
}

/** What a check found. */
export interface HistoryVerdict {
  /** Whether the contract allows the history: there are no violations. */
  readonly isAllowed: boolean;
  readonly violations: readonly HistoryViolation[];
  /** How many calls were judged. */
  readonly operations: number;
  /** How many events the log has at the end. */
  readonly events: number;
}

/**
 * Decides whether the contract allows a concurrent history, with crashes and lost replies: whether everything that was
 * asked and answered can be explained by publishes that took place one after another, in the order of their events in the
 * log.
 *
 * The history must end with a reading of the whole log, made after every publish had ended. A reading before the first
 * publish shows what was stored already. A publish without a reply may or may not have taken place; if it has, then as a
 * whole, and where its conditions held. What is checked:
 *
 * - nothing that was acknowledged or read is missing or changed; the log contains nothing twice, nothing that nobody
 *   published, and nothing that was refused (rules 1, 4, 6, 20);
 * - positions are 0, 1, 2 … and numbers rise; publishes are complete, in the log and for readers (rules 1, 2, 11);
 * - each condition held of the event before; each refusal had a reason within the span of its call (rules 3, 4, 6);
 * - no publish was stored after an event that its `failIf` names, and each refusal for one names the first (rule 26);
 * - each boundary holds exactly what matches up to its number, and everything that was known before (rule 27);
 * - each read shows a beginning of its source that skips no event and contains everything that anybody knew before the read
 *   began (rules 7, 11, 12, 13, 15); within the scope of the ordering guarantee no event appears after newer ones were seen
 *   (rule 7).
 *
 * Where the guarantee is narrower than the log, an entry that only checks is judged against its stream at any moment of its
 * call, not only at the moment of the write, and readers of a wider source may see a part of a publish. Whether followers
 * are woken in time is not checked. It takes some microseconds for each call and each event that was shown.
 *
 * @throws `RangeError` when the history is malformed, or does not end with a reading of the log.
 *
 * @example
 * ```ts
 * await recorded.log().read();
 * const { violations } = checkHistory(history(), { orderingGuarantee: adapter.orderingGuarantee });
 * for (const { message } of violations) console.error(message);
 * ```
 */
export function checkHistory(
  history: History,
  { orderingGuarantee = "log" }: CheckHistoryOptions = {},
): HistoryVerdict {
  const evidence = evidenceOf(operationsOf(history), orderingGuarantee);
  const violations = [
    ...checkLog(evidence),
    ...checkAcknowledgements(evidence),
    ...checkConditions(evidence),
    ...checkRefusals(evidence),
    ...checkMatches(evidence),
    ...checkReads(evidence),
    ...checkBoundaries(evidence),
  ];
  return {
    isAllowed: violations.length === 0,
    violations,
    operations: evidence.operations.length,
    events: evidence.log.events.length,
  };
}

/**
 * Like {@link checkHistory}, but throws if there are violations, for use in tests.
 *
 * @throws `ForbiddenHistoryError` (`FORBIDDEN_HISTORY`) that names the violations; `RangeError` as `checkHistory` does.
 *
 * @example
 * ```ts
 * await recorded.log().read();
 * assertHistory(history());
 * ```
 */
export function assertHistory(history: History, options: CheckHistoryOptions = {}): void {
  const { violations } = checkHistory(history, options);
  const [first, ...others] = violations;
  if (first !== undefined) throw new ForbiddenHistoryError([first, ...others]);
}
