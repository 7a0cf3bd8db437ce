import { StorageBusyError } from "@eventfold/types";
import type { Pool, PoolClient } from "pg";
import { sqlstateOf } from "../errors/sqlstate.ts";
import { withTimeout } from "./with-timeout.ts";

/** Which connection to lend, and how long to wait for it. */
export interface LendingLimits {
  /** Only one that was opened since then, in the milliseconds of `performance.now()`; `undefined` for any. */
  readonly openedSinceMs: number | undefined;
  /** How long to wait for one to become free, where all are in use. */
  readonly turnTimeoutMs: number;
  /** How long to wait for the server, where one is to be opened. */
  readonly connectTimeoutMs: number;
}

/** Somebody who waits for a connection to become free. */
interface Waiting {
  readonly grant: (client: PoolClient) => void;
  readonly refuse: (error: unknown) => void;
}

// The adapters on a pool have nothing but the pool in common. A listener for each adapter would exceed what the driver
// allows.
const SHARED = new WeakMap<Pool, SharedPool>();

/**
 * The connections of a pool, as all adapters on it use them. A returned connection is kept until the turn of the event
 * loop ends: a caller that has just got its answer often asks again within it, and the way through the pool costs more
 * than a small read.
 */
export class SharedPool {
  readonly #pool: Pool;
  readonly #users = new Set<(error: Error) => void>();
  readonly #returned: PoolClient[] = [];
  readonly #waiting = new Set<Waiting>();
  /** Attempts to open a connection that no caller waits for any more, but that still take a place in the pool. */
  readonly #unanswered = new Set<Promise<PoolClient>>();
  #release: NodeJS.Immediate | undefined;
  #isServing = false;
  /** When those were opened that were opened since the first {@link join}. */
  readonly #openedMs = new WeakMap<PoolClient, number>();
  /** Those that were opened before are of no use. */
  #renewedMs = Number.NEGATIVE_INFINITY;

  /** Uses a pool until {@link leave}, and is told of lost idle connections. */
  static join(pool: Pool, onIdleLoss: (error: Error) => void): SharedPool {
    const shared = SHARED.get(pool) ?? new SharedPool(pool);
    SHARED.set(pool, shared);
    if (shared.#users.size === 0) shared.#listen();
    shared.#users.add(onIdleLoss);
    return shared;
  }

  private constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Lends a connection that came back within this turn, if there is one. Where only newer ones will do, all of them go back to the pool. */
  kept(openedSinceMs?: number): PoolClient | undefined {
    if (openedSinceMs !== undefined) this.passKept();
    return this.#returned.pop();
  }

  /**
   * Lends a connection of the pool, opening one or waiting for one to become free. Those that are too old are dropped.
   *
   * @throws what the driver throws, untranslated; `StorageBusyError` when none became free in time.
   */
  async lend({ openedSinceMs, turnTimeoutMs, connectTimeoutMs }: LendingLimits): Promise<PoolClient> {
    for (;;) {
      const hasTurn = this.#hasRoom && this.#waiting.size === 0;
      const client = await (hasTurn ? this.#connect(connectTimeoutMs) : this.#turn(turnTimeoutMs));
      if (this.#isGood(client, openedSinceMs)) {
        listenForLoss(client);
        return client;
      }
      client.release(true);
    }
  }

  /** Takes a connection back; one that `isLost` is discarded. If others wait for one, they get it at once. */
  takeBack(client: PoolClient, { isLost }: { readonly isLost: boolean }): void {
    const isUseless = isLost || !this.#isGood(client);
    if (isUseless || this.#pool.waitingCount > 0) {
      client.release(isUseless);
      return;
    }
    this.#returned.push(client);
    this.#release ??= setImmediate(this.#onTurnEnd);
  }

  /** Drops all present connections, each when it is free: they lead to the wrong server. */
  renew(): void {
    this.#renewedMs = performance.now();
    this.passKept();
  }

  /** Gives the connections that are kept back to the pool. */
  passKept(): void {
    clearImmediate(this.#release);
    this.#release = undefined;
    for (const client of this.#returned.splice(0)) client.release(!this.#isGood(client));
  }

  /** Ends the use that {@link join} began. The last one leaves the pool as it was. */
  leave(onIdleLoss: (error: Error) => void): void {
    this.passKept();
    this.#users.delete(onIdleLoss);
    if (this.#users.size > 0) return;
    this.#pool.off("error", this.#onIdleLoss);
    this.#pool.off("connect", this.#onConnect);
  }

  #listen(): void {
    // Without a listener the loss of an idle connection would end the process.
    this.#pool.on("error", this.#onIdleLoss);
    this.#pool.on("connect", this.#onConnect);
  }

  readonly #onIdleLoss = (error: Error) => {
    for (const user of this.#users) user(error);
  };

  readonly #onConnect = (client: PoolClient) => {
    this.#openedMs.set(client, performance.now());
    listenForLoss(client);
  };

  readonly #onTurnEnd = () => this.passKept();

  #isGood(client: PoolClient, openedSinceMs = Number.NEGATIVE_INFINITY): boolean {
    const openedMs = this.#openedMs.get(client) ?? Number.NEGATIVE_INFINITY;
    return openedMs >= Math.max(this.#renewedMs, openedSinceMs);
  }

  /** Whether the pool has, or may open, a connection beyond those that its waiting callers need. */
  get #hasRoom(): boolean {
    const { idleCount, totalCount, waitingCount } = this.#pool;
    return idleCount + this.#size - totalCount > waitingCount;
  }

  get #size(): number {
    return this.#pool.options.max ?? 10; // the driver's own default, which it fills in.
  }

  #connect(timeoutMs: number): Promise<PoolClient> {
    const connecting = this.#pool.connect();
    return withTimeout(connecting, timeoutMs, () => {
      this.#unanswered.add(connecting);
      const settle = () => this.#unanswered.delete(connecting);
      connecting
        .then(
          (late) => late.release(),
          () => {},
        )
        .then(settle, settle);
      return noAnswerError();
    });
  }

  #turn(timeoutMs: number): Promise<PoolClient> {
    let waiting: Waiting | undefined;
    const turn = new Promise<PoolClient>((grant, refuse) => {
      waiting = { grant, refuse };
      this.#waiting.add(waiting);
    });
    void this.#serve();
    return withTimeout(turn, timeoutMs, () => {
      this.#waiting.delete(waiting as Waiting);
      if (this.#unanswered.size > 0) return noAnswerError();
      return new StorageBusyError(
        `None of the pool's ${this.#size} connections became free within ${Math.ceil(timeoutMs)} ms. ` +
          "Use fewer at once, for a shorter time, or allow the pool more.",
      );
    });
  }

  /**
   * Waits in the pool's own line for the caller that has waited longest here, so that the pool's other users get their
   * turns too.
   */
  async #serve(): Promise<void> {
    if (this.#isServing) return;
    this.#isServing = true;
    while (this.#waiting.size > 0) {
      const sinceMs = performance.now();
      try {
        const client = await this.#pool.connect();
        const next = this.#next();
        if (next === undefined) client.release();
        else next.grant(client);
      } catch (error) {
        if (!this.#isStillFull(error, sinceMs)) this.#next()?.refuse(error);
      }
    }
    this.#isServing = false;
  }

  #next(): Waiting | undefined {
    const [next] = this.#waiting;
    if (next !== undefined) this.#waiting.delete(next);
    return next;
  }

  /** Whether only the time for waiting is over: the driver uses one time-out for that and for connecting. */
  #isStillFull(error: unknown, sinceMs: number): boolean {
    const timeoutMs = this.#pool.options.connectionTimeoutMillis || Number.POSITIVE_INFINITY;
    const isOver = performance.now() - sinceMs >= timeoutMs - TIMER_PRECISION_MS;
    return isOver && !this.#hasRoom && codeOf(error) === undefined;
  }
}

function noAnswerError(): Error {
  return new Error("PostgreSQL did not answer in time when a connection was opened.");
}

const TIMER_PRECISION_MS = 2;

function codeOf(error: unknown): unknown {
  return sqlstateOf(error) ?? (error as { readonly code?: unknown } | null)?.code;
}

/**
 * A server may end a connection just after accepting it, before the pool's caller gets it: nothing else listens in
 * between. Its first use then finds the connection lost.
 */
function listenForLoss(client: PoolClient): void {
  if (!client.listeners("error").includes(ignore)) client.on("error", ignore);
}

// The driver rejects the query as well; without a listener the event would end the process.
function ignore(): void {}
