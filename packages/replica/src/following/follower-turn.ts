import { setTimeout as delay } from "node:timers/promises";
import BetterSqlite3 from "better-sqlite3";

/** How often a process that waits looks whether nobody follows any more. A look costs some microseconds. */
const LOOK_EVERY_MS = 250;

/**
 * Which of several processes follows: the one that holds the lock of a small file beside the replica. The system releases it when
 * the process ends, however it does, so nobody judges by a clock whether another one is alive. It only saves work: two who follow
 * at once do no harm, since each batch is refused unless it goes on from the newest event.
 */
export class FollowerTurn {
  readonly #client: BetterSqlite3.Database;

  constructor(filename: string) {
    this.#client = new BetterSqlite3(`${filename}-follower`, { timeout: 0 });
  }

  /** Whether it is this process that follows. */
  get isHeld(): boolean {
    return this.#client.inTransaction;
  }

  /**
   * Waits until no other process follows.
   *
   * @throws the signal's reason when it is aborted.
   */
  async take(signal: AbortSignal): Promise<void> {
    while (!this.#isTaken()) await delay(LOOK_EVERY_MS, undefined, { signal });
  }

  /** Lets another process follow. */
  release(): void {
    if (this.#client.inTransaction) this.#client.exec("ROLLBACK");
  }

  close(): void {
    this.release();
    this.#client.close();
  }

  #isTaken(): boolean {
    if (this.#client.inTransaction) return true;
    try {
      this.#client.exec("BEGIN EXCLUSIVE");
      return true;
    } catch (error) {
      if (isBusy(error)) return false;
      throw error;
    }
  }
}

function isBusy(error: unknown): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === "SQLITE_BUSY";
}
