import type { Transaction } from "@eventfold/store/adapter";
import type { ClientBase } from "pg";

/** A transaction of PostgreSQL: its events, and the client it runs on, for the caller's own statements. */
export interface PostgresTransaction extends Transaction {
  /** The client that the transaction runs on. Do not end, release, commit or roll it back inside `transaction`. */
  readonly client: ClientBase;
}
