import type { StatementCache } from "../connection/statement-cache.ts";
import { notWritten } from "../connection/translate-error.ts";

const RAISE = "UPDATE eventfold_processing_counters SET value = value + 1 WHERE name = ? RETURNING value";

/** The statement for the number of changes that have to wake others. */
export const CHANGES = "SELECT value FROM eventfold_processing_counters WHERE name = 'changes'";

/** Numbers that only rise, and are never given twice. */
export class Counters {
  readonly #statements: StatementCache;

  constructor(statements: StatementCache) {
    this.#statements = statements;
  }

  /** Raises a counter. @returns its new value. */
  raise(name: "changes" | "lock-token"): number {
    const raised = this.#statements.prepared(RAISE).get(name);
    if (raised === undefined) throw notWritten("a counter");
    return Number(raised[0]);
  }
}
