import { Deadline, queuedPublish, type SaveRequest, type SaveResult, traceCommit } from "@eventfold/store/adapter";
import { TransactionEndedError } from "@eventfold/types";
import type { Client } from "../connection/client.ts";
import type { DatabaseFile } from "../connection/database-file.ts";
import { nextTurn } from "../connection/event-loop-turn.ts";
import { StatementCache } from "../connection/statement-cache.ts";
import { begin, commit, rollback } from "../connection/write-transaction.ts";
import { translateErrorOn } from "../schema/missing-tables.ts";
import type { OpenTransaction } from "./open-transaction.ts";
import { PublishWriter } from "./publish-writer.ts";
import { runInTurns } from "./run-in-turns.ts";
import { resultOf, singleResultOf, type Verdict } from "./verdict.ts";
import { type Waiting, WaitingLine, type WaitingPublish, type WaitingWork } from "./waiting-line.ts";

/**
 * How long a commit may gather publishes. Beyond it, more publishes hardly make each one cheaper, and other processes
 * wait for the write lock.
 */
const LONGEST_GATHERING_MS = 20;

/** What a queue works with. */
export interface WriteQueueOptions {
  readonly client: Client;
  /** Where what is committed must be found again. */
  readonly file: DatabaseFile;
  /** Told when a transaction begins and when it has ended. */
  readonly visibility: OpenTransaction;
  readonly writeTimeoutMs: number;
  /** Called when events have been committed and can be read. */
  readonly onCommitted: () => void;
}

/**
 * Group commit. Publishes that arrive while a commit is being written share the next one: there is no timer, and a lone
 * publish only waits for the end of the event loop's turn. Each publish gets its own result or error.
 */
export class WriteQueue {
  readonly #options: WriteQueueOptions;
  readonly #writer: PublishWriter;
  readonly #line = new WaitingLine();
  /** Publishes of a commit that failed. Each is then committed alone, so that only the faulty one fails. */
  readonly #alone = new WeakSet<Waiting>();
  #draining: Promise<void> | undefined;
  #expiry: NodeJS.Timeout | undefined;
  #isHeld = false;

  constructor(options: WriteQueueOptions) {
    this.#options = options;
    this.#writer = new PublishWriter(StatementCache.of(options.client));
  }

  /**
   * Writes one publish.
   *
   * @throws `StorageBusyError` (`STORAGE_BUSY`) when its turn does not come in time.
   */
  save(request: SaveRequest): Promise<SaveResult> {
    return new Promise((resolve, reject) => {
      const deadline = Deadline.after(this.#options.writeTimeoutMs);
      this.#join({ kind: "publish", request, queued: queuedPublish(request.writes), deadline, resolve, reject });
    });
  }

  /**
   * Runs work, in the asynchronous context of the caller, in a transaction of its own while all others wait; commits when
   * it fulfils, rolls back when it rejects.
   *
   * @param lastStep is taken in one piece with the commit, so that nobody on the connection sees what it writes before.
   * @throws what the work rejects with, unchanged; what the last step throws.
   * @throws `TransactionEndedError` (`TRANSACTION_ENDED`) when the work, or SQLite on a full disk, has ended the
   * transaction already.
   */
  async exclusively<T>(work: () => Promise<T>, lastStep = () => {}): Promise<T> {
    const turn = Promise.withResolvers<() => void>();
    const hold = () => new Promise<void>((release) => turn.resolve(release));
    this.#join({
      kind: "transaction",
      deadline: Deadline.after(this.#options.writeTimeoutMs),
      hold,
      reject: turn.reject,
    });
    const release = await turn.promise;
    try {
      return await this.#runAndCommit(work, lastStep);
    } finally {
      release();
    }
  }

  /**
   * Does synchronous work in a transaction of its own. It is done and committed in one piece, so that nobody on the connection
   * sees what it writes before it is committed. No event is published by it.
   *
   * @throws `StorageBusyError` (`STORAGE_BUSY`) when its turn did not come in time.
   */
  write<T>(work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const acknowledging = () => {
        const result = work();
        return () => resolve(result);
      };
      this.#join({ kind: "work", deadline: Deadline.after(this.#options.writeTimeoutMs), work: acknowledging, reject });
    });
  }

  /** Fulfils when no caller waits or writes any more. */
  async idle(): Promise<void> {
    while (this.#draining !== undefined) await this.#draining;
  }

  #join(waiting: Waiting): void {
    this.#line.join(waiting);
    if (this.#isHeld) this.#watchExpiry();
    this.#draining ??= this.#drain();
  }

  async #drain(): Promise<void> {
    try {
      while (!this.#line.isEmpty) {
        await nextTurn(); // whoever publishes in this turn of the event loop comes along
        if (await this.#begin()) await this.#serve();
      }
    } finally {
      this.#draining = undefined;
    }
  }

  /** Takes the write lock for the first in line. When that fails it is their failure, and the next one tries anew. */
  async #begin(): Promise<boolean> {
    const { client, visibility } = this.#options;
    const first = this.#line.first;
    if (first === undefined) return false;
    try {
      rollback(client); // of what an earlier failure could not roll back
      await begin(client, first.deadline);
      visibility.begin();
      return true;
    } catch (error) {
      this.#rollBack(); // whoever fails behind the lock must not keep it
      this.#line.take();
      first.reject(translateErrorOn(client, error));
      return false;
    }
  }

  async #serve(): Promise<void> {
    if (this.#line.first?.kind === "publish") return this.#flush();
    const transaction = this.#line.take();
    if (transaction?.kind === "work") this.#write(transaction);
    if (transaction?.kind !== "transaction") return;
    this.#isHeld = true;
    this.#watchExpiry();
    await transaction.hold();
    this.#isHeld = false;
    clearTimeout(this.#expiry);
    this.#expiry = undefined;
  }

  /** While a transaction is open no turn comes, so the deadlines of waiting callers are watched. */
  #watchExpiry(): void {
    const first = this.#line.first;
    if (first === undefined || this.#expiry !== undefined) return;
    this.#expiry = setTimeout(() => {
      this.#expiry = undefined;
      this.#line.expire();
      this.#watchExpiry();
    }, Math.ceil(first.deadline.leftMs));
  }

  #write({ work, reject }: WaitingWork): void {
    const { client, file, visibility } = this.#options;
    try {
      const acknowledge = work();
      file.throwIfAnyReplaced();
      commit(client);
      visibility.end();
      acknowledge();
    } catch (error) {
      this.#rollBack();
      reject(translateErrorOn(client, error));
    }
  }

  async #flush(): Promise<void> {
    const taken: WaitingPublish[] = [];
    let verdicts: readonly Verdict[];
    try {
      verdicts = await traceCommit("sqlite", taken, () => this.#commitGathered(taken));
    } catch (error) {
      this.#recover(taken, error);
      return;
    }
    if (verdicts.some(({ kind }) => kind === "written")) this.#options.onCommitted();
    for (const [index, { resolve }] of taken.entries()) {
      const verdict = verdicts[index] as Verdict;
      const result = singleResultOf(verdict) ?? runInTurns(resultOf(verdict));
      resolve(result instanceof Promise ? await result : result);
    }
  }

  async #commitGathered(taken: WaitingPublish[]): Promise<readonly Verdict[]> {
    const { client, file, visibility } = this.#options;
    const verdicts = await this.#writeGathered(taken);
    file.throwIfAnyReplaced();
    commit(client);
    visibility.end();
    return verdicts;
  }

  /** Takes publishes out of the line and writes them into the open transaction, as many as one commit may have. */
  async #writeGathered(taken: WaitingPublish[]): Promise<readonly Verdict[]> {
    const gathering = Deadline.after(LONGEST_GATHERING_MS);
    const verdicts: Verdict[] = [];
    for (let next = this.#line.first; next?.kind === "publish"; next = this.#line.first) {
      if (taken.length > 0 && this.#alone.has(next)) break;
      this.#line.take();
      taken.push(next);
      const verdict = this.#writer.writeSingle(next.request) ?? runInTurns(this.#writer.write(next.request));
      verdicts.push(verdict instanceof Promise ? await verdict : verdict);
      if (this.#alone.has(next) || gathering.isOver) break;
    }
    return verdicts;
  }

  /**
   * Nothing of a failed commit was stored; SQLite may have rolled it back itself. The faulty one shows when each is
   * committed alone.
   */
  #recover(taken: readonly WaitingPublish[], error: unknown): void {
    this.#rollBack();
    const [only, ...others] = taken;
    if (only !== undefined && others.length === 0) {
      only.reject(translateErrorOn(this.#options.client, error));
      return;
    }
    for (const publish of taken) this.#alone.add(publish);
    this.#line.putBack(taken);
  }

  /** Ends the transaction if SQLite has not; a failure to do so is dealt with when the next one begins. */
  #rollBack(): void {
    try {
      rollback(this.#options.client);
    } catch {
      // The connection stays in the transaction, in which nothing can be committed.
    } finally {
      this.#options.visibility.end();
    }
  }

  async #runAndCommit<T>(work: () => Promise<T>, lastStep: () => void): Promise<T> {
    const { client, file, visibility, onCommitted } = this.#options;
    const begun = async () => {
      file.throwIfAnyReplaced(); // rather than after all of the work
      return work();
    };
    const result = await begun().catch((error: unknown) => {
      this.#rollBack();
      throw error;
    });
    try {
      file.throwIfAnyReplaced();
      if (!client.inTransaction) throw new TransactionEndedError();
      lastStep();
      commit(client);
    } catch (error) {
      this.#rollBack();
      throw translateErrorOn(client, error);
    }
    visibility.end();
    onCommitted();
    return result;
  }
}
