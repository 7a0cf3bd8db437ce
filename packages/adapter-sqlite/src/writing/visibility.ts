import type { StatementCache } from "../connection/statement-cache.ts";
import { OpenTransaction } from "./open-transaction.ts";

const NEWEST = "SELECT coalesce(max(sequence_number), 0) FROM eventfold_events";

/**
 * How far readers outside a transaction may look. The adapter reads and writes on one connection, on which SQLite shows
 * what is not yet committed; but a transaction that holds the write lock can only add events above the newest one.
 */
export class Visibility extends OpenTransaction {
  readonly #statements: StatementCache;
  #upTo = Number.MAX_SAFE_INTEGER - 1;

  constructor(statements: StatementCache) {
    super();
    this.#statements = statements;
  }

  /** The newest sequence number that is known to be committed; above all others while nobody writes. */
  get upTo(): number {
    return this.#upTo;
  }

  /** Hides what the transaction, which has just begun with the write lock, is going to write. */
  override begin(): void {
    super.begin();
    this.#upTo = Number(this.#statements.prepared(NEWEST).get()?.[0]);
  }

  /** Shows everything again, once the transaction has ended. */
  override end(): void {
    super.end();
    this.#upTo = Number.MAX_SAFE_INTEGER - 1;
  }
}
