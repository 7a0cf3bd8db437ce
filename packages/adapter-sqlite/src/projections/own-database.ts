import { AdapterLife, Deadline } from "@eventfold/store/adapter";
import type { Client } from "../connection/client.ts";
import { openConnection } from "../connection/open-connection.ts";
import type { SqliteDatabase } from "../connection/sqlite-database.ts";
import { Transactions } from "../connection/transactions.ts";
import { checkedOptions, type SqliteEventStorageOptions } from "../sqlite-event-storage-options.ts";
import { Coverage } from "../writing/coverage.ts";
import { WriteQueue } from "../writing/write-queue.ts";

/** A transaction on projections, together with the caller's own tables. */
export interface SqliteProjectionTransaction {
  /**
   * The connection that the transaction is open on. Use it for your own tables; leave beginning and ending the
   * transaction, and the tables that begin with `eventfold_`, to the adapter.
   */
  readonly client: Client;
}

/** Opens a database for projections that share it with nobody, as the event adapter does, and creates it when it is missing. */
export async function openOwnDatabase(given: SqliteEventStorageOptions): Promise<SqliteDatabase> {
  const options = checkedOptions(given);
  const { writeTimeoutMs } = options;
  const { client, file } = await openConnection({ ...options, deadline: Deadline.after(writeTimeoutMs) });
  const life = new AdapterLife();
  const coverage = new Coverage();
  const queue = new WriteQueue({ client, file, visibility: coverage, writeTimeoutMs, onCommitted: () => {} });
  const transactions = new Transactions({ client, life, queue });
  return { client, file, options, life, coverage, queue, transactions };
}
