import { AsyncLocalStorage } from "node:async_hooks";

/** The callback of a transaction, which may have been called inside that of another one. */
interface Callback {
  /** The database that the transaction is on; `undefined` for work that may join a callback. */
  readonly database: object | undefined;
  outer: Callback | undefined;
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
 * Work that opens a transaction while it runs, if it does: from then on it counts as the callback of that one, so that it cannot wait
 * for itself.
 */
export class JoiningWork {
  readonly #place: Callback = { database: undefined, outer: innermost(), isRunning: false };

  /** Runs the work, or a part of it. */
  run<T>(work: () => T): T {
    return current.run(this.#place, work);
  }

  /** Joins the callback from inside which this is called, until that one has ended. */
  join(): void {
    this.#place.outer = innermost();
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
