import type { Client } from "../connection/client.ts";

/** A transaction on projections, together with the caller's own tables. */
export interface SqliteProjectionTransaction {
  /**
   * The connection that the transaction is open on. Use it for your own tables; leave beginning and ending the
   * transaction, and the tables that begin with `eventfold_`, to the adapter.
   */
  readonly client: Client;
}
