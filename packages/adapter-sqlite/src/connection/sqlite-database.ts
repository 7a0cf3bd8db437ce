import { type AdapterLife, Sharing } from "@eventfold/store/adapter";
import type { CheckedOptions } from "../sqlite-event-storage-options.ts";
import type { OpenTransaction } from "../writing/open-transaction.ts";
import type { WriteQueue } from "../writing/write-queue.ts";
import type { Client } from "./client.ts";
import type { DatabaseFile } from "./database-file.ts";
import type { Transactions } from "./transactions.ts";
import { translateError } from "./translate-error.ts";

/** An open database: what events and projections on one connection share. */
export interface SqliteDatabase {
  readonly client: Client;
  readonly file: DatabaseFile;
  /** How it was opened. */
  readonly options: Pick<CheckedOptions, "filename" | "migrations" | "writeTimeoutMs">;
  readonly life: AdapterLife;
  /** Which transaction is open on the connection. */
  readonly openTransaction: OpenTransaction;
  /** The turns of writing on the connection. */
  readonly queue: WriteQueue;
  readonly transactions: Transactions;
}

/** What event adapters share with projections. */
export const sharing = new Sharing<SqliteDatabase>("SqliteEventStorageAdapter");

/** Closes the connection once the writes in the queue have ended. */
export async function closeDatabase({ client, queue }: Pick<SqliteDatabase, "client" | "queue">): Promise<void> {
  await queue.idle();
  try {
    client.close(); // the last connection to a file also moves the write-ahead log into it
  } catch (error) {
    throw translateError(error);
  }
}
