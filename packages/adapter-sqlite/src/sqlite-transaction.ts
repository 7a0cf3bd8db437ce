import {
  checkedRestoreBatch,
  type EventStorage,
  type RestoreBatch,
  type SaveRequest,
  type Transaction,
  type TransactionScope,
} from "@eventfold/store/adapter";
import type BetterSqlite3 from "better-sqlite3";
import { behindSavepoint } from "./connection/behind-savepoint.ts";
import type { Client } from "./connection/client.ts";
import { StatementCache } from "./connection/statement-cache.ts";
import { ConnectionScope } from "./reading/connection-scope.ts";
import { translateErrorOn } from "./schema/missing-tables.ts";
import { SqliteEventStorage } from "./sqlite-event-storage.ts";
import { PublishWriter } from "./writing/publish-writer.ts";
import { writeBatch } from "./writing/restore-writer.ts";
import { runAtOnce } from "./writing/run-in-turns.ts";
import { resultOf, type Verdict } from "./writing/verdict.ts";

/** A transaction of SQLite that events are published in, together with the caller's own tables. */
export interface SqliteTransaction extends Transaction {
  /**
   * The connection that the transaction is open on. Use it for your own tables; leave beginning and ending the
   * transaction, and the tables that begin with `eventfold_`, to the adapter. End every iterator inside the callback.
   */
  readonly client: BetterSqlite3.Database;

  /**
   * Stores events of another log as they are, as `restore` of the adapter does, together with what else the transaction writes. All
   * of them are written at once, which holds the event loop for about 15 ms per 1,000 events.
   *
   * @throws as `EventStorageAdapter.restore` does; then nothing of the batch is in the transaction. `TransactionEndedError`
   * (`TRANSACTION_ENDED`) when it has ended.
   */
  restore(batch: RestoreBatch): Promise<void>;
}

/** What the storage within a transaction works with. */
export interface TransactionStorageOptions {
  readonly client: Client;
  readonly scope: TransactionScope;
  readonly timeoutMs: number;
  /** Called after a publish has been written; when it throws, the publish is undone. */
  readonly onWritten?: (() => void) | undefined;
}

/**
 * Events inside an open transaction. A publish is written at once, in one piece, so that one which is not awaited cannot
 * be half in the transaction when it commits.
 */
export function storageWithin({ client, scope, timeoutMs, onWritten }: TransactionStorageOptions): EventStorage {
  const statements = StatementCache.of(client);
  const writer = new PublishWriter(statements);
  const reading = new ConnectionScope({
    statements,
    visibleUpTo: () => Number.MAX_SAFE_INTEGER - 1,
    lifetime: scope,
    timeoutMs,
  });
  const write = (request: SaveRequest): Verdict => {
    const verdict = runAtOnce(writer.write(request));
    if (verdict.kind === "written") onWritten?.();
    return verdict;
  };
  return new SqliteEventStorage(reading, async (request) => {
    scope.throwIfEnded();
    try {
      return runAtOnce(resultOf(behindSavepoint(client, () => write(request))));
    } catch (error) {
      throw translateErrorOn(client, error);
    }
  });
}

/** Restores events inside an open transaction, at once, as {@link storageWithin} publishes them. */
export function restoreWithin({
  client,
  scope,
  onWritten,
}: Omit<TransactionStorageOptions, "timeoutMs">): SqliteTransaction["restore"] {
  const statements = StatementCache.of(client);
  return async (given) => {
    scope.throwIfEnded();
    const batch = checkedRestoreBatch(given);
    try {
      behindSavepoint(client, () => {
        runAtOnce(writeBatch(statements, batch));
        onWritten?.();
      });
    } catch (error) {
      throw translateErrorOn(client, error);
    }
  };
}
