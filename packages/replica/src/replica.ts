import { SqliteProjectionStorageAdapter } from "@eventfold/adapter-sqlite/projections";
import { ProjectionStore } from "@eventfold/projections";
import type { EventStorageAdapter, OrderingGuarantee, StorageCapabilities } from "@eventfold/store";
import {
  AdapterClosedError,
  Deadline,
  type EventStorage,
  guardedLogger,
  isEventfoldError,
  type SourceNews,
  type SourcePlace,
  type StorageInspection,
} from "@eventfold/store/adapter";
import { Bell } from "./bell.ts";
import { ReplicaBehindError } from "./errors/replica-behind-error.ts";
import { FollowedLog } from "./following/followed-log.ts";
import { Follower } from "./following/follower.ts";
import { FollowerTurn } from "./following/follower-turn.ts";
import { checkChain } from "./following/log-check.ts";
import { ReplicaFile } from "./replica-file.ts";
import {
  checkedFilename,
  checkedSequenceNumber,
  checkedWaitMs,
  followedAdapter,
  type ReplicaLag,
  type ReplicaOptions,
  type UpToOptions,
} from "./replica-options.ts";
import { ReplicaStorage } from "./replica-storage.ts";

/** What a replica is made from. */
interface OpenedReplica {
  readonly file: ReplicaFile;
  readonly log: FollowedLog;
  readonly projectionAdapter: SqliteProjectionStorageAdapter;
  readonly turn: FollowerTurn;
  readonly options: ReplicaOptions;
}

const CAPABILITIES: StorageCapabilities = Object.freeze({
  durable: true,
  sharedStorage: true,
  transactions: false,
  notifications: true,
  freshReads: false,
});

/**
 * A local copy of a log in an SQLite file, which follows the log for as long as it is open: for reading without a network, and for
 * reading on more machines than one database serves. Events have the ids, sequence numbers, positions, tags and times that they have
 * in the log. It is an adapter, so everything that reads a log reads a replica: stores, projectors, subscriptions. It may be
 * behind the log, and it is always a beginning of it: never an event without all that come before.
 *
 * Any number of processes may open the same file. One of them follows, all read; when that one ends, another goes on.
 *
 * @example
 * ```ts
 * const replica = await Replica.open({ of: adapter, filename: "replica.db" });
 * const reading = new EventStore({ adapter: replica });
 * await replica.upTo(stored.sequenceNumber, { timeoutMs: 1_000 });
 * for await (const each of reading.log()) console.log(each.name);
 * await replica.close();
 * ```
 */
export class Replica implements EventStorageAdapter {
  readonly orderingGuarantee: OrderingGuarantee;
  readonly capabilities = CAPABILITIES;
  /** The events of the file. `save` rejects with `StorageReadOnlyError` (`STORAGE_READ_ONLY`). */
  readonly storage: EventStorage;
  readonly inspection: StorageInspection;
  /** What is folded into the file: for loading and searching. What is saved by hand stays in this file. */
  readonly projections: ProjectionStore;
  readonly #opened: OpenedReplica;
  readonly #follower: Follower;
  readonly #bells = new Set<Bell>();
  #closing: Promise<void> | undefined;

  /**
   * Opens a replica, creates its file when that is missing, and begins to follow unless another process does. It does not wait until
   * everything is copied: {@link Replica.upTo} does.
   *
   * If the log cannot be reached, the replica is opened all the same, reads what it has, and follows as soon as it can.
   *
   * @throws `ReplicaMismatchError` (`REPLICA_MISMATCH`) when the file is not a copy of this log, or the log has lost events.
   * @throws `OrderingGuaranteeMismatchError` (`ORDERING_GUARANTEE_MISMATCH`) when the log that was copied had another guarantee.
   * @throws `NotADatabaseError`, `StorageReadOnlyError`, `StorageUnavailableError`, `StorageBusyError`, `SchemaTooNewError` as
   * opening an SQLite adapter does. `TypeError` and `RangeError` for options that are not usable.
   */
  static async open(options: ReplicaOptions): Promise<Replica> {
    const log = new FollowedLog(followedAdapter(options.of));
    const filename = checkedFilename(options.filename);
    const { orderingGuarantee } = log.adapter;
    const { writeTimeoutMs, logger, indexes, functions } = options;
    const file = await ReplicaFile.open({ filename, orderingGuarantee, writeTimeoutMs, logger });
    try {
      await checkIfReached(file, log);
      const projectionAdapter = await SqliteProjectionStorageAdapter.open({
        shareWith: file.events,
        indexes,
        functions,
      });
      return new Replica({ file, log, projectionAdapter, turn: new FollowerTurn(filename), options });
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  private constructor(opened: OpenedReplica) {
    const { file, log, projectionAdapter, turn, options } = opened;
    this.#opened = opened;
    this.orderingGuarantee = file.events.orderingGuarantee;
    this.storage = new ReplicaStorage(file.events.storage);
    this.inspection = file.events.inspection;
    this.projections = new ProjectionStore({ adapter: projectionAdapter });
    this.#follower = new Follower({
      file,
      log,
      turn,
      inline: options.inline?.(this.projections) ?? [],
      logger: guardedLogger(options.logger),
      onFailure: () => this.#ring(),
    });
  }

  get isClosed(): boolean {
    return this.#closing !== undefined;
  }

  /** Whether this process follows the log. While another one does, or the log cannot be followed, it does not. */
  get isFollowing(): boolean {
    return !this.isClosed && this.#opened.turn.isHeld;
  }

  /** Why this process follows no longer, such as a `ReplicaMismatchError`; `undefined` while it does, or waits for its turn. */
  get failure(): unknown {
    return this.#follower.failure;
  }

  onChange(listener: () => void): () => void {
    return this.#opened.file.events.onChange(listener);
  }

  newsOf(places: readonly SourcePlace[]): Promise<readonly SourceNews[]> {
    return this.#opened.file.events.newsOf(places);
  }

  /**
   * Waits until the replica has everything up to a sequence number, such as that of an event that was published to the log: reads that
   * begin afterwards see it.
   *
   * @throws `ReplicaBehindError` (`REPLICA_BEHIND`) when it takes longer.
   * @throws why this process follows no longer, see {@link Replica.failure}; `AdapterClosedError` once it is closed; the signal's reason.
   *
   * @example
   * ```ts
   * await replica.upTo(stored.sequenceNumber, { timeoutMs: 1_000 });
   * ```
   */
  async upTo(sequenceNumber: number, options: UpToOptions = {}): Promise<void> {
    checkedSequenceNumber(sequenceNumber);
    const timeoutMs = checkedWaitMs(options);
    const deadline = Deadline.after(timeoutMs);
    const bell = new Bell();
    this.#bells.add(bell);
    const endListening = this.onChange(() => bell.ring());
    try {
      for (;;) {
        const { upTo } = await this.#opened.file.place();
        if (upTo >= sequenceNumber) return;
        if (this.failure !== undefined) throw this.failure;
        if (deadline.isOver) throw new ReplicaBehindError({ sequenceNumber, upTo, timeoutMs });
        await bell.wait({ atMostMs: deadline.leftMs, signal: options.signal });
        if (this.isClosed) throw new AdapterClosedError();
      }
    } finally {
      endListening();
      this.#bells.delete(bell);
    }
  }

  /**
   * How far the replica is behind its log. It asks the log.
   *
   * @throws what the log rejects with when it cannot be reached.
   */
  async lag(): Promise<ReplicaLag> {
    const { upTo } = await this.#opened.file.place();
    const logUpTo = await this.#opened.log.horizon();
    return { upTo, logUpTo, sequenceNumbers: Math.max(0, logUpTo - upTo) };
  }

  /** Ends it once the batch that is being stored is stored. The log's adapter stays open. Calling it again is the same call. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const { file, projectionAdapter, turn } = this.#opened;
    const stopped = this.#follower.stop();
    this.#ring();
    await projectionAdapter.close();
    await file.close(); // refuses further calls at once, and waits for what is being stored
    await stopped;
    turn.close();
  }

  #ring(): void {
    for (const bell of this.#bells) bell.ring();
  }
}

/** A log that cannot be reached is checked before anything is copied. */
async function checkIfReached(file: ReplicaFile, log: FollowedLog): Promise<void> {
  try {
    await checkChain({ file, log });
  } catch (error) {
    if (!isEventfoldError(error) || !error.isRetryable) throw error;
  }
}
