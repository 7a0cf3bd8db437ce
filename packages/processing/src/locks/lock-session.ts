import type { Logger } from "@eventfold/types";
import { LockManagerClosedError } from "../errors/lock-manager-closed-error.ts";
import { LivingSession } from "../node/living-session.ts";
import type { ProcessingStorageAdapter } from "../storage/processing-storage-adapter.ts";
import { Changes } from "../work/changes.ts";
import { repeatUntilStored } from "../work/repeated-call.ts";
import { Holding } from "./held-lock.ts";
import type { LockQueues } from "./lock-queues.ts";

/** What the session of a lock manager is made of. */
export interface LockSessionOptions {
  readonly adapter: ProcessingStorageAdapter;
  /** The name of the lock manager. */
  readonly node: string;
  readonly leaseMs: number;
  readonly logger: Logger;
  /** Is notified of what is given back. */
  readonly queues: LockQueues;
}

/** A lock that somebody wants. */
export interface WantedLock {
  readonly name: string;
  /** Who wants it: a UUID, new for each. */
  readonly holder: string;
}

/** The session of a lock manager. It begins with the first lock, and all locks of the lock manager live and die with it. */
export class LockSession {
  /** Changes when a lock may have become free, with every beat, and with every failed beat. */
  readonly changes = new Changes();
  readonly #options: LockSessionOptions;
  readonly #held = new Set<Holding>();
  /** Aborted when no more locks are taken. */
  readonly #closed = new AbortController();
  /** Aborted when nothing more is given back one by one. */
  readonly #ended = new AbortController();
  #starting: Promise<LivingSession> | undefined;
  #closing: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;
  #beatFailure: { readonly error: unknown } | undefined;
  #leaseTimer: NodeJS.Timeout | undefined;
  #endListening: (() => void) | undefined;

  constructor(options: LockSessionOptions) {
    this.#options = options;
  }

  /** Aborted when no more locks are taken. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /** @throws `LockManagerClosedError`, or the error that ended the session. */
  checkOpen(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#closed.signal.throwIfAborted();
  }

  async close(timeoutMs: number): Promise<void> {
    this.#closing ??= this.#close(timeoutMs);
    return this.#closing;
  }

  /** Takes a lock if it is free. */
  async attempt(wanted: WantedLock): Promise<Holding | undefined> {
    const { storage } = this.#options.adapter;
    for (;;) {
      const session = await this.#living();
      this.checkOpen();
      const { id } = session;
      const { version } = this.changes;
      const outcome = await storage.tryLock({ ...wanted, session: id });
      if (outcome.kind === "held") return undefined;
      this.checkOpen();
      if (outcome.kind === "taken" && id === session.id && session.isCurrent) return this.#hold(wanted, outcome.token);
      await this.#beatAgain(session, version); // the session has ended, or may end at any moment
    }
  }

  async #beatAgain(session: LivingSession, version: number): Promise<void> {
    session.wake();
    await this.changes.after(version, this.#options.leaseMs);
    this.checkOpen();
    if (!session.isCurrent && this.#beatFailure !== undefined) throw this.#beatFailure.error;
  }

  #hold(wanted: WantedLock, fencingToken: number): Holding {
    const takenMs = performance.now();
    const giveBack = async (given: Holding) => {
      await this.#free(wanted);
      this.#held.delete(given);
      this.#options.queues.noteRelease(wanted.name, { takenMs, nowMs: performance.now() });
      this.changes.notify();
    };
    const holding = new Holding({ ...wanted, fencingToken, giveBack });
    this.#held.add(holding);
    return holding;
  }

  /** Gives back what a call that nobody waits for any more has taken, or may have taken. It never rejects. */
  async abandon(wanted: WantedLock, attempt: Promise<Holding | undefined>): Promise<void> {
    const holding = await attempt.catch(() => undefined);
    if (holding === undefined) await this.#free(wanted);
    else await holding.release();
  }

  /** It never rejects. */
  async #free({ name, holder }: WantedLock): Promise<void> {
    const { signal } = this.#ended;
    const { storage } = this.#options.adapter;
    const tell = (error: unknown, message: string) => this.#options.logger.warn({ error, lock: name }, message);
    if (signal.aborted) return;
    const onFailure = (error: unknown) => tell(error, "A lock could not be given back, and is given back again.");
    await repeatUntilStored(() => storage.releaseLock({ name, holder }), { signal, onFailure }).catch((error) => {
      if (!signal.aborted) tell(error, "A lock could not be given back. It is free when the session ends.");
    });
  }

  /** @throws `LockLostError` when the lock is lost, or may be, because the last sign of life is too long ago. */
  async checkLease(holding: Holding): Promise<void> {
    const session = await this.#starting;
    if (session?.isCurrent !== true && this.#held.has(holding)) holding.lose(this.#failure?.error);
    if (holding.loss !== undefined) throw holding.loss;
  }

  async #close(timeoutMs: number): Promise<void> {
    const reason = new LockManagerClosedError({ node: this.#options.node });
    this.#closed.abort(reason);
    const session = await this.#starting?.catch(() => undefined);
    for (const holding of this.#held) holding.abort(reason);
    await this.changes.untilOrFor(() => this.#held.size === 0, timeoutMs);
    this.#ended.abort();
    this.#endListening?.();
    clearTimeout(this.#leaseTimer);
    await session?.end();
    this.#loseAll(reason);
  }

  /** The session. The first call begins it. */
  async #living(): Promise<LivingSession> {
    this.checkOpen();
    this.#starting ??= this.#start().catch((error: unknown) => {
      this.#starting = undefined;
      throw error;
    });
    return this.#starting;
  }

  async #start(): Promise<LivingSession> {
    const { node, adapter, leaseMs, logger } = this.#options;
    const session: LivingSession = new LivingSession({
      adapter,
      name: lockSessionName(node),
      leaseMs,
      subscriptions: () => [],
      logger,
      onBeat: async () => {
        this.#beatFailure = undefined;
        this.#watchLease(session);
        this.changes.notify();
      },
      onLost: (cause) => this.#loseAll(cause),
      onFatal: (error) => this.#fail(error),
      tell: (error, message) => {
        if (error !== undefined) this.#beatFailure = { error }; // an evicted session is not a failure: a new one begins
        logger.warn({ error, node }, message);
        this.changes.notify();
      },
    });
    await session.start();
    this.#endListening = adapter.onChange(() => this.changes.notify());
    return session;
  }

  /** Loses all locks when the lease is over, whatever the beats are waiting for. */
  #watchLease(session: LivingSession): void {
    clearTimeout(this.#leaseTimer);
    if (this.#ended.signal.aborted) return;
    const look = () => (session.isCurrent ? this.#watchLease(session) : this.#loseAll(undefined));
    this.#leaseTimer = setTimeout(look, Math.max(1, session.currentForMs));
  }

  #loseAll(cause: unknown): void {
    for (const holding of this.#held) holding.lose(cause);
    this.changes.notify();
  }

  #fail(error: unknown): void {
    const { node, logger } = this.#options;
    this.#failure ??= { error };
    logger.error({ error, node }, "The lock manager cannot go on. What it held is lost.");
    this.#ended.abort();
    this.#endListening?.();
    clearTimeout(this.#leaseTimer);
    this.#closed.abort(error);
  }
}

/** The name of the session: lock managers and brokers of one name do not take each other's place. */
export function lockSessionName(node: string): string {
  return `locks/${node}`;
}
