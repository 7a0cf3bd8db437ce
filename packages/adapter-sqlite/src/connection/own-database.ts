import { AdapterLife, Deadline } from "@eventfold/store/adapter";
import { checkedOptions, type SqliteEventStorageOptions } from "../sqlite-event-storage-options.ts";
import { OpenTransaction } from "../writing/open-transaction.ts";
import { WriteQueue } from "../writing/write-queue.ts";
import { openConnection } from "./open-connection.ts";
import { closeDatabase, type SqliteDatabase, sharing } from "./sqlite-database.ts";
import { Transactions } from "./transactions.ts";

/** How an adapter is opened: on a database of its own, or on that of an event adapter. */
export type OwnOrSharedOptions =
  | (SqliteEventStorageOptions & { readonly shareWith?: undefined })
  | { readonly shareWith: object };

/**
 * Opens an adapter on a database of its own, or on the one that it shares. A database of its own is closed again when that fails.
 *
 * @param openOn prepares the database and makes the adapter.
 * @throws `TypeError` when `shareWith` is no event adapter of this package; what opening a database rejects with.
 */
export async function openOnDatabase<TAdapter>(
  options: OwnOrSharedOptions,
  openOn: (database: SqliteDatabase) => Promise<TAdapter>,
): Promise<TAdapter> {
  if (options.shareWith !== undefined) {
    const database = sharing.sharedBy(options.shareWith);
    database.life.throwIfMayNotWrite();
    return openOn(database);
  }
  const database = await openOwnDatabase(options);
  try {
    return await openOn(database);
  } catch (error) {
    await closeDatabase(database);
    throw error;
  }
}

/** Opens a database that is shared with nobody, as the event adapter does, and creates it when it is missing. */
async function openOwnDatabase(given: SqliteEventStorageOptions): Promise<SqliteDatabase> {
  const options = checkedOptions(given);
  const { writeTimeoutMs } = options;
  const { client, file } = await openConnection({ ...options, deadline: Deadline.after(writeTimeoutMs) });
  const life = new AdapterLife();
  const openTransaction = new OpenTransaction();
  const queue = new WriteQueue({ client, file, visibility: openTransaction, writeTimeoutMs, onCommitted: () => {} });
  const transactions = new Transactions({ client, life, queue });
  return { client, file, options, life, openTransaction, queue, transactions };
}
