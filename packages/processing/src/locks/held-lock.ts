import { LockLostError } from "../errors/lock-lost-error.ts";

/** A lock that was taken. */
export interface HeldLock extends AsyncDisposable {
  readonly name: string;
  /** Higher than the token of every earlier holder: pass it to the system that is written to, which can refuse lower ones. */
  readonly fencingToken: number;
  /** Aborted with a `LockLostError` when the lock is lost, and when the lock manager is closed. */
  readonly signal: AbortSignal;
  /** Gives the lock back. Idempotent. It never rejects, and waits for the storage no longer than the lock would last. */
  release(): Promise<void>;
}

/** What a holding is made of. */
export interface HoldingOptions {
  readonly name: string;
  readonly fencingToken: number;
  /** Gives the lock back, once. */
  readonly giveBack: (holding: Holding) => Promise<void>;
}

/** A lock that a lock manager holds. */
export class Holding implements HeldLock {
  readonly name: string;
  readonly fencingToken: number;
  readonly #giveBack: (holding: Holding) => Promise<void>;
  readonly #end = new AbortController();
  readonly #lost = Promise.withResolvers<void>();
  #loss: LockLostError | undefined;
  #releasing: Promise<void> | undefined;

  constructor({ name, fencingToken, giveBack }: HoldingOptions) {
    this.name = name;
    this.fencingToken = fencingToken;
    this.#giveBack = giveBack;
  }

  get signal(): AbortSignal {
    return this.#end.signal;
  }

  /** Why somebody else may have the lock, unless it was given back before. */
  get loss(): LockLostError | undefined {
    return this.#loss;
  }

  /** Tells the work to end; it still has the lock. */
  abort(reason: unknown): void {
    this.#end.abort(reason);
  }

  /** Somebody else may have the lock by now. */
  lose(cause: unknown): void {
    this.#lost.resolve();
    if (this.#releasing !== undefined) return;
    this.#loss ??= new LockLostError({ lock: this.name, fencingToken: this.fencingToken, cause });
    this.#end.abort(this.#loss);
  }

  async release(): Promise<void> {
    this.#releasing ??= Promise.race([this.#giveBack(this), this.#lost.promise]);
    return this.#releasing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }
}
