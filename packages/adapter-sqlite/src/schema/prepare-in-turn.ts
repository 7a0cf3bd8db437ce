import type { SqliteDatabase } from "../connection/sqlite-database.ts";
import { isBusy, translateError } from "../connection/translate-error.ts";

/**
 * Prepares a component in a transaction, for which it waits like any writer. Where migrations are only checked, nothing is written:
 * then it is done at once, so that whoever only looks waits for no writer; unless a transaction is open on the connection, with which
 * what is prepared for the connection would be rolled back.
 *
 * @throws what the work throws, translated; `StorageBusyError` (`STORAGE_BUSY`) when its turn did not come in time.
 */
export async function prepareInTurn<T>({ client, options, queue }: SqliteDatabase, prepare: () => T): Promise<T> {
  if (options.migrations === "check" && !client.inTransaction) {
    try {
      return prepare();
    } catch (error) {
      if (!isBusy(error)) throw translateError(error);
    }
  }
  return queue.write(prepare);
}
