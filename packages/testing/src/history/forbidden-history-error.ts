import { EventfoldError } from "@eventfold/types";
import type { HistoryViolation } from "./check/history-violation.ts";

/** How many violations a message contains in full: one fault often shows in hundreds of calls. */
const TOLD = 10;

/** A history that the contract does not allow. */
export class ForbiddenHistoryError extends EventfoldError {
  declare readonly code: "FORBIDDEN_HISTORY";
  /** Everything that is wrong with the history. */
  readonly violations: readonly HistoryViolation[];

  constructor(violations: readonly [HistoryViolation, ...HistoryViolation[]]) {
    super(messageFor(violations), { code: "FORBIDDEN_HISTORY" });
    this.violations = violations;
  }
}

function messageFor(violations: readonly HistoryViolation[]): string {
  const told = violations.slice(0, TOLD).map(({ message }) => message);
  const more = violations.length > TOLD ? [`… and ${violations.length - TOLD} more.`] : [];
  return [`The contract does not allow this history: ${violations.length} violations.`, ...told, ...more].join("\n");
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    FORBIDDEN_HISTORY: ForbiddenHistoryError;
  }
}
