import { AdapterLife, Deadline } from "@eventfold/store/adapter";
import { checkedOptions, type SqliteEventStorageOptions } from "../sqlite-event-storage-options.ts";
import { OpenTransaction } from "../writing/open-transaction.ts";
import { WriteQueue } from "../writing/write-queue.ts";
import { openConnection } from "./open-connection.ts";
import type { SqliteDatabase } from "./sqlite-database.ts";
import { Transactions } from "./transactions.ts";

/** Opens a database that is shared with nobody, as the event adapter does, and creates it when it is missing. */
export async function openOwnDatabase(given: SqliteEventStorageOptions): Promise<SqliteDatabase> {
  const options = checkedOptions(given);
  const { writeTimeoutMs } = options;
  const { client, file } = await openConnection({ ...options, deadline: Deadline.after(writeTimeoutMs) });
  const life = new AdapterLife();
  const openTransaction = new OpenTransaction();
  const queue = new WriteQueue({ client, file, visibility: openTransaction, writeTimeoutMs, onCommitted: () => {} });
  const transactions = new Transactions({ client, life, queue });
  return { client, file, options, life, openTransaction, queue, transactions };
}
