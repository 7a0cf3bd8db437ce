import { setTimeout as delay } from "node:timers/promises";
import { newEventId } from "@eventfold/store";
import { LONGEST_TIMEOUT_MS } from "@eventfold/store/adapter";
import { guardedLogger, isEventfoldError, type Logger } from "@eventfold/types";
import { type StopOptions, stopTimeMs } from "../broker/stop-options.ts";
import type { WaitOptions } from "../broker/waiting.ts";
import { LockTimedOutError } from "../errors/lock-timed-out-error.ts";
import type { ProcessingStorageAdapter } from "../storage/processing-storage-adapter.ts";
import { checkedInteger } from "../subscription/checked-integer.ts";
import { checkedProcessingName } from "../subscription/processing-name.ts";
import type { HeldLock, Holding } from "./held-lock.ts";
import { LockQueues } from "./lock-queues.ts";
import { LockSession, lockSessionName, type WantedLock } from "./lock-session.ts";

/** How a lock manager is made. */
export interface LockManagerOptions {
  /**
   * The name of the process among lock managers. Keep it across restarts: a lock manager that starts under the name of a dead one
   * frees its locks at once. It must be unique among the lock managers that run at the same time, but a broker may have the same
   * name. At most 500 code points, without control characters.
   */
  readonly name: string;
  /** Where locks are stored: an adapter that was opened. The lock manager never closes it. */
  readonly storage: ProcessingStorageAdapter;
  /**
   * How long the lock manager may give no sign of life before others take over its locks, in milliseconds, from 100 to 3,600,000. It
   * beats three times as often. Default: 10,000.
   */
  readonly leaseMs?: number | undefined;
  /** Receives every failure after which the lock manager goes on. Default: nothing is logged. */
  readonly logger?: Logger | undefined;
}

/** What work that holds a lock is given. */
export interface LockContext {
  /** Aborted when the lock is lost, when the lock manager is closed, and when the signal given to `withLock` is aborted. */
  readonly signal: AbortSignal;
  /** Higher than the token of every earlier holder: pass it to the system that is written to, which can refuse lower ones. */
  readonly fencingToken: number;
  /** How long the lock was waited for, in milliseconds. */
  readonly waitedMs: number;
}

/** How soon a waiting caller tries again when the storage has failed. */
const RETRY_MS = 250;

interface Waiting {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Locks by name, across all processes of one storage. A lock has one holder at a time: until the holder gives it back, or its process
 * gives no sign of life for `leaseMs`. Locks are not reentrant: a holder that waits for its own lock waits for itself.
 *
 * The session begins with the first lock, and beats from then on until the lock manager is closed. Waiting costs a call of the storage
 * whenever something has become free, and with every beat. Within a process, callers get a lock in the order in which they came.
 * Between processes chance decides, but none keeps a lock for much longer than a second by taking it again and again.
 *
 * @example
 * ```ts
 * await using locks = new LockManager({ name: "worker-1", storage });
 * await locks.withLock("nightly-report", { timeoutMs: 5_000 }, async ({ signal, fencingToken }) => {
 *   await report({ signal, fencingToken });
 * });
 * ```
 */
export class LockManager implements AsyncDisposable {
  readonly #name: string;
  readonly #logger: Logger;
  readonly #queues = new LockQueues();
  readonly #session: LockSession;

  /** @throws `TypeError` or `RangeError` when an option is not what it should be. */
  constructor(options: LockManagerOptions) {
    const { name, storage, leaseMs = 10_000, logger } = options ?? {};
    checkedProcessingName("lock manager", name);
    checkedProcessingName("lock manager", lockSessionName(name));
    if (typeof storage?.storage?.tryLock !== "function" || typeof storage.onChange !== "function") {
      throw new TypeError("A lock manager needs an open adapter for processing storage.");
    }
    checkedInteger("leaseMs", leaseMs, { from: 100, to: 3_600_000 });
    this.#name = name;
    this.#logger = guardedLogger(logger);
    this.#session = new LockSession({
      adapter: storage,
      node: name,
      leaseMs,
      logger: this.#logger,
      queues: this.#queues,
    });
  }

  /**
   * Takes a lock if it is free, without waiting.
   *
   * @returns `undefined` when another process, or this one, holds it.
   * @throws `LockManagerClosedError` (`LOCK_MANAGER_CLOSED`); `NodeReplacedError` (`NODE_REPLACED`) when another lock manager of its
   * name has taken its place; what the storage rejects with; `TypeError` or `RangeError` for an invalid name.
   *
   * @example
   * ```ts
   * await using lock = await locks.tryLock("nightly-report");
   * if (lock !== undefined) await report(lock);
   * ```
   */
  async tryLock(name: string): Promise<HeldLock | undefined> {
    const wanted = { name: checkedProcessingName("lock", name), holder: newEventId() };
    return this.#takeAtOnce(wanted);
  }

  /**
   * Waits for a lock, runs work while it holds the lock, and gives it back when the work ends. It also waits for a storage that cannot
   * be reached.
   *
   * @returns what the work returns.
   * @throws `LockTimedOutError` (`LOCK_TIMED_OUT`) when the lock was not free within `timeoutMs`; the reason of the signal. In both
   * cases the work was not begun.
   * @throws `LockLostError` (`LOCK_LOST`) when the work finished, but the lock was lost meanwhile.
   * @throws what the work throws; and as {@link LockManager.tryLock}.
   */
  async withLock<T>(name: string, options: WaitOptions, work: (context: LockContext) => Promise<T>): Promise<T> {
    const { timeoutMs = LONGEST_TIMEOUT_MS, signal } = options ?? {};
    const wanted = { name: checkedProcessingName("lock", name), holder: newEventId() };
    checkedInteger("timeoutMs", timeoutMs, { from: 0, to: LONGEST_TIMEOUT_MS });
    if (typeof work !== "function") throw new TypeError("withLock must be given a function that does the work.");
    signal?.throwIfAborted();
    const startMs = performance.now();
    const holding = timeoutMs === 0 ? await this.#takeAtOnce(wanted) : await this.#take(wanted, { timeoutMs, signal });
    if (holding === undefined) throw new LockTimedOutError({ lock: name, timeoutMs });
    const { fencingToken } = holding;
    const waitedMs = performance.now() - startMs;
    try {
      const either = signal === undefined ? holding.signal : AbortSignal.any([holding.signal, signal]);
      const result = await work({ signal: either, fencingToken, waitedMs });
      await this.#session.checkLease(holding);
      return result;
    } finally {
      await holding.release();
    }
  }

  /**
   * Takes no more locks, aborts the signals of the held ones, and waits until they are given back, but no longer than `timeoutMs`.
   * Then it ends the session, which frees the rest. Idempotent; it never rejects.
   */
  async close(options: StopOptions = {}): Promise<void> {
    return this.#session.close(stopTimeMs(options));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #takeAtOnce(wanted: WantedLock): Promise<Holding | undefined> {
    const attempt = this.#session.attempt(wanted);
    attempt.catch(() => void this.#session.abandon(wanted, attempt)); // perhaps only the reply was lost
    return attempt;
  }

  async #take(wanted: WantedLock, { timeoutMs, signal }: Waiting): Promise<Holding> {
    const limit = new AbortController(); // not AbortSignal.timeout, which is kept until the time is over
    const timer = setTimeout(() => limit.abort(), timeoutMs).unref();
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    aborted.catch(() => {}); // it may come when nobody looks at it any more
    const end = AbortSignal.any([limit.signal, this.#session.closed, ...(signal === undefined ? [] : [signal])]);
    const giveUp = () => reject(end.reason);
    end.addEventListener("abort", giveUp, { once: true });
    const { turn, leave } = this.#queues.join(wanted.name);
    let attempt: Promise<Holding | undefined> | undefined;
    try {
      await Promise.race([turn, aborted]);
      for (;;) {
        end.throwIfAborted();
        const waitMs = this.#queues.waitMs(wanted.name, performance.now());
        if (waitMs > 0) await Promise.race([delay(waitMs), aborted]);
        const { version } = this.#session.changes;
        attempt = this.#session.attempt(wanted);
        const holding = await Promise.race([attempt.catch((error: unknown) => this.#passOver(error)), aborted]);
        if (holding !== undefined && holding !== "failed") return holding;
        if (holding === undefined) attempt = undefined;
        const retryMs = holding === "failed" ? RETRY_MS : undefined;
        await Promise.race([this.#session.changes.after(version, retryMs), aborted]);
      }
    } catch (error) {
      if (attempt !== undefined) void this.#session.abandon(wanted, attempt);
      signal?.throwIfAborted();
      this.#session.checkOpen();
      throw limit.signal.aborted ? new LockTimedOutError({ lock: wanted.name, timeoutMs }) : error;
    } finally {
      clearTimeout(timer);
      end.removeEventListener("abort", giveUp); // with a listener it would be kept too
      leave();
    }
  }

  /** @throws the error, unless another try may help. */
  #passOver(error: unknown): "failed" {
    if (!isEventfoldError(error) || !error.isRetryable) throw error;
    this.#logger.warn({ error, node: this.#name }, "A lock could not be asked for, and is asked for again.");
    return "failed";
  }
}
