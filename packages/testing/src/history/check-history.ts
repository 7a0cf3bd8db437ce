import type { OrderingGuarantee } from "@eventfold/store";
import { checkAcknowledgements } from "./check/check-acknowledgements.ts";
import { checkConditions } from "./check/check-conditions.ts";
import { checkLog } from "./check/check-log.ts";
import { checkReads } from "./check/check-reads.ts";
import { checkRefusals } from "./check/check-refusals.ts";
import { evidenceOf } from "./check/evidence.ts";
import type { HistoryViolation } from "./check/history-violation.ts";
import { ForbiddenHistoryError } from "./forbidden-history-error.ts";
import type { History } from "./history-line.ts";
import { operationsOf } from "./operation.ts";

/** How a history is judged. */
export interface CheckHistoryOptions {
  /** What the log was created with: `adapter.orderingGuarantee`. Default: `"log"`. */
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
 * Decides whether a concurrent history, with crashes and lost replies, is one that the contract allows: whether all that
 * was asked and answered can be explained by publishes that took place one after another, in the order in which their
 * events stand in the log.
 *
 * The history must end with a reading of the whole log, made after every publish ended; one made before the first
 * publish says what was there already. A publish without a reply may have taken place or not, but wholly and where its
 * conditions held. What is checked:
 *
 * - nothing acknowledged or read is missing or changed; nothing is in the log twice, or that nobody published, or that
 *   was refused (rules 1, 4, 6, 20);
 * - positions are 0, 1, 2 … and numbers rise; publishes are whole, in the log and to readers (rules 1, 2, 11);
 * - each condition held of the event before, each refusal had a reason within the span of its call (rules 3, 4, 6);
 * - each read shows a beginning of its source, with no event skipped, and all that anybody knew before it began (rules 7,
 *   11, 12, 13, 15); within the scope of the ordering guarantee no event comes after newer ones were seen (rule 7).
 *
 * Where the guarantee is narrower than the log, an entry that only checks is judged against what its stream was at some
 * moment of its call, not at the very moment of the write, and readers of a wider source may meet a publish half way. That
 * followers are woken in time is not checked. It takes some
 * microseconds for each call and each event that was shown.
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
    ...checkReads(evidence),
  ];
  return {
    isAllowed: violations.length === 0,
    violations,
    operations: evidence.operations.length,
    events: evidence.log.events.length,
  };
}

/**
 * Does nothing where {@link checkHistory} finds nothing.
 *
 * @throws `ForbiddenHistoryError` (`FORBIDDEN_HISTORY`) that names the violations; `RangeError` as `checkHistory`.
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
