import { AsyncLocalStorage } from "node:async_hooks";

/** The callback of a transaction, which may have been called inside that of another one. */
interface Callback {
  /** The database that the transaction is on. */
  readonly database: object;
  readonly outer: Callback | undefined;
  isRunning: boolean;
}

const current = new AsyncLocalStorage<Callback>();

/** Runs the callback of a transaction on a database. */
export async function runInside<T>(database: object, callback: () => Promise<T>): Promise<T> {
  const running: Callback = { database, outer: innermost(), isRunning: true };
  try {
    return await current.run(running, callback);
  } finally {
    running.isRunning = false;
  }
}

/**
 * Whether the call comes from inside the callback of a transaction, on one database or on any. Such a caller must not wait for
 * writers in flight: it is one.
 *
 * @param database what the transaction has to be on. Default: any.
 */
export function isInsideTransaction(database?: object): boolean {
  let callback = innermost();
  if (database !== undefined)
    while (callback !== undefined && callback.database !== database) callback = callback.outer;
  return callback?.isRunning === true;
}

/** The innermost callback that is still running: what was begun in one may outlive it. */
function innermost(): Callback | undefined {
  let callback = current.getStore();
  while (callback?.isRunning === false) callback = callback.outer;
  return callback;
}
