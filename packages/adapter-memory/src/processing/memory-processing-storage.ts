import type {
  ArrivalOutcome,
  BeatOutcome,
  BeatRequest,
  CarryOutOutcome,
  CarryOutRequest,
  CheckpointMove,
  ClaimedPartition,
  ClaimRequest,
  FenceArrival,
  LeaseOutcome,
  LockAttempt,
  LockOutcome,
  LockRelease,
  MoveOutcome,
  ParkedEvent,
  ParkedListing,
  ParkedOfPartition,
  ParkedRequest,
  ParkOutcome,
  ParkRequest,
  PartitionLease,
  PartitionReport,
  ProcessingStatus,
  ProcessingStorage,
  RegisteredSubscription,
  Removal,
  RemovalOutcome,
  RepartitionCall,
  RepartitionOutcome,
  ReplacedSession,
  RequestCall,
  RequestOutcome,
  SessionBeginning,
  StalledSession,
  StatusRequest,
  SubscriptionRegistration,
  UnparkRequest,
} from "@eventfold/processing";
import type { Lifetime, WakeUps } from "@eventfold/store/adapter";
import { isAt, moveCheckpoint } from "./checkpoint-moves.ts";
import { claimPartition } from "./claims.ts";
import { askPartition, carryOutRequest } from "./partition-requests.ts";
import { claimedPartition, inOrderOfPartitions, keptCheckpoint, seenPartition } from "./partition-row.ts";
import type { ProcessingTables } from "./processing-tables.ts";
import { arriveAtFence, repartition } from "./repartitioning.ts";

/** What {@link MemoryProcessingStorage} is made from. */
export interface MemoryProcessingAccess {
  readonly lifetime: Lifetime;
  readonly tables: ProcessingTables;
  readonly wakeUps: WakeUps;
}

/** Processing outside of transactions: every call is done when it returns, and waits for nobody. */
export class MemoryProcessingStorage implements ProcessingStorage {
  readonly #lifetime: Lifetime;
  readonly #tables: ProcessingTables;
  readonly #wakeUps: WakeUps;

  constructor({ lifetime, tables, wakeUps }: MemoryProcessingAccess) {
    this.#lifetime = lifetime;
    this.#tables = tables;
    this.#wakeUps = wakeUps;
  }

  get isClosed(): boolean {
    return this.#lifetime.isEnded;
  }

  async register(registrations: readonly SubscriptionRegistration[]): Promise<readonly RegisteredSubscription[]> {
    return registrations.map((registration) => this.#open.subscriptions.register(registration));
  }

  async beginSession(beginning: SessionBeginning): Promise<ReplacedSession | undefined> {
    const replaced = this.#open.sessions.begin(beginning);
    this.#wakeUps.wake();
    return replaced;
  }

  async beat(request: BeatRequest): Promise<BeatOutcome> {
    const { sessions, subscriptions } = this.#open;
    if (!sessions.beat(request)) return { kind: "ended", replacedBy: sessions.ofName(request.name)?.id };
    const ids = request.subscriptions.toSorted((a, b) => a - b);
    const rows = ids.map((id) => subscriptions.subscription(id)).filter((row) => row !== undefined);
    return {
      kind: "beaten",
      sessions: sessions.all,
      partitions: rows.flatMap(({ partitions }) => partitions.map(seenPartition)),
      repartitions: rows.map((row) => row.repartition).filter((asked) => asked !== undefined),
    };
  }

  async evict(stalled: readonly StalledSession[]): Promise<readonly string[]> {
    const { sessions } = this.#open;
    const evicted = stalled.filter((each) => sessions.evict(each));
    if (evicted.length > 0) this.#wakeUps.wake();
    return evicted.map(({ id }) => id);
  }

  async endSession(session: string): Promise<void> {
    if (this.#open.sessions.end(session)) this.#wakeUps.wake();
  }

  async claim({ session, partitions }: ClaimRequest): Promise<readonly ClaimedPartition[]> {
    const tables = this.#open;
    if (!tables.sessions.isLiving(session)) return [];
    const claimed = partitions.map((wanted) => claimPartition(tables, wanted, session));
    return claimed
      .filter((row) => row !== undefined)
      .sort(inOrderOfPartitions)
      .map(claimedPartition);
  }

  async release(leases: readonly PartitionLease[]): Promise<void> {
    const { subscriptions } = this.#open;
    for (const lease of leases) {
      const row = subscriptions.leased(lease);
      if (row !== undefined) row.owner = undefined;
    }
    this.#wakeUps.wake();
  }

  async saveCheckpoints(moves: readonly CheckpointMove[]): Promise<readonly MoveOutcome[]> {
    const { subscriptions } = this.#open;
    return moves.map((move) => moveCheckpoint(subscriptions, move));
  }

  async report({ isPaused, error, ...lease }: PartitionReport): Promise<LeaseOutcome> {
    const row = this.#open.subscriptions.leased(lease);
    if (row === undefined) return { kind: "lost" };
    row.isPaused = isPaused;
    row.error = error;
    return { kind: "done" };
  }

  async park({ event, was, ...lease }: ParkRequest): Promise<ParkOutcome> {
    const { subscriptions, parked } = this.#open;
    const row = subscriptions.leased(lease);
    if (row === undefined) return { kind: "lost" };
    if (was !== undefined) {
      if (row.checkpoint.sequenceNumber !== was && !isAt(row, event))
        return { kind: "elsewhere", checkpoint: row.checkpoint };
      row.checkpoint = keptCheckpoint(event);
    }
    parked.put(lease.subscription, event);
    return { kind: "parked" };
  }

  async unpark({ parked: keys, ...lease }: UnparkRequest): Promise<LeaseOutcome> {
    const { subscriptions, parked } = this.#open;
    if (subscriptions.leased(lease) === undefined) return { kind: "lost" };
    for (const key of keys) parked.remove(lease.subscription, key);
    return { kind: "done" };
  }

  async loadParked({ partitions }: ParkedRequest): Promise<readonly ParkedOfPartition[]> {
    const { parked, subscriptions } = this.#open;
    return partitions.map((key) => parked.load(key, subscriptions.partition(key)));
  }

  async listParked(listing: ParkedListing): Promise<readonly ParkedEvent[]> {
    return this.#open.parked.list(listing);
  }

  async request({ subscription, partitions, ...asked }: RequestCall): Promise<readonly RequestOutcome[]> {
    const tables = this.#open;
    const rows = tables.subscriptions.subscription(subscription)?.partitions ?? [];
    const wanted = rows.filter(({ partition }) => partitions === undefined || partitions.includes(partition));
    const outcomes = wanted.map((row) =>
      askPartition(row, asked, { isFree: tables.isFree(row), parked: tables.parked }),
    );
    this.#wakeUps.wake();
    return outcomes;
  }

  async carryOut({ id, ...lease }: CarryOutRequest): Promise<CarryOutOutcome> {
    const { subscriptions, parked } = this.#open;
    const row = subscriptions.leased(lease);
    if (row === undefined) return { kind: "lost" };
    const waiting = row.requests.find((each) => each.id === id);
    if (waiting !== undefined) carryOutRequest(row, waiting, parked);
    return { kind: "done", checkpoint: row.checkpoint, isPaused: row.isPaused };
  }

  async repartition(call: RepartitionCall): Promise<RepartitionOutcome> {
    const { subscriptions, sessions } = this.#open;
    const row = subscriptions.subscription(call.subscription);
    if (row === undefined) throw new RangeError(`There is no subscription with the id ${call.subscription}.`);
    const outcome = repartition(row, call, sessions);
    this.#wakeUps.wake();
    return outcome;
  }

  async arrive(arrival: FenceArrival): Promise<ArrivalOutcome> {
    const { subscriptions, sessions } = this.#open;
    const row = subscriptions.subscription(arrival.subscription);
    const outcome = row === undefined ? { kind: "lost" as const } : arriveAtFence(row, arrival, sessions);
    this.#wakeUps.wake();
    return outcome;
  }

  async remove(removal: Removal): Promise<RemovalOutcome> {
    return this.#open.remove(removal);
  }

  async tryLock(attempt: LockAttempt): Promise<LockOutcome> {
    const { locks, sessions } = this.#open;
    return locks.take(attempt, sessions);
  }

  async releaseLock(release: LockRelease): Promise<void> {
    if (this.#open.locks.release(release)) this.#wakeUps.wake();
  }

  async status({ names }: StatusRequest): Promise<ProcessingStatus> {
    return this.#open.status(names);
  }

  /** The tables, while the adapter is open. */
  get #open(): ProcessingTables {
    this.#lifetime.throwIfEnded();
    return this.#tables;
  }
}
