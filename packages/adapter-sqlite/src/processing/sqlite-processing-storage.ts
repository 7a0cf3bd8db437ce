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
import type { TableAccess } from "../connection/table-access.ts";
import { isAt, moveCheckpoint } from "./checkpoint-moves.ts";
import { claimPartition, inOrderOfPartitions, seenPartition } from "./claims.ts";
import { askPartition, carryOutRequest } from "./partition-requests.ts";
import type { ProcessingTables } from "./processing-tables.ts";
import { arriveAtFence, repartition } from "./repartitioning.ts";

/** Processing in SQLite: each call that writes is one short transaction, in the same queue as all other writes on the connection. */
export class SqliteProcessingStorage implements ProcessingStorage {
  readonly #access: TableAccess<ProcessingTables>;

  constructor(access: TableAccess<ProcessingTables>) {
    this.#access = access;
  }

  get isClosed(): boolean {
    return this.#access.isClosed;
  }

  register(registrations: readonly SubscriptionRegistration[]): Promise<readonly RegisteredSubscription[]> {
    return this.#access.write((tables) => registrations.map((registration) => tables.register(registration)));
  }

  beginSession(beginning: SessionBeginning): Promise<ReplacedSession | undefined> {
    return this.#access.write((tables) => {
      const replaced = tables.sessions.begin(beginning);
      if (replaced !== undefined) tables.countChange();
      return replaced;
    });
  }

  beat(request: BeatRequest): Promise<BeatOutcome> {
    return this.#access.write(({ sessions, subscriptions, partitions }): BeatOutcome => {
      if (!sessions.beat(request)) return { kind: "ended", replacedBy: sessions.ofName(request.name)?.id };
      const rows = subscriptions.ofIds(request.subscriptions);
      return {
        kind: "beaten",
        sessions: sessions.all,
        partitions: partitions.ofSubscriptions(request.subscriptions).map(seenPartition),
        repartitions: rows.map((row) => row.repartition).filter((asked) => asked !== undefined),
      };
    });
  }

  evict(stalled: readonly StalledSession[]): Promise<readonly string[]> {
    return this.#access.write((tables) => {
      const evicted = stalled.filter((each) => tables.sessions.evict(each));
      if (evicted.length > 0) tables.countChange();
      return evicted.map(({ id }) => id);
    });
  }

  endSession(session: string): Promise<void> {
    return this.#access.write((tables) => {
      if (tables.sessions.end(session)) tables.countChange();
    });
  }

  claim({ session, partitions }: ClaimRequest): Promise<readonly ClaimedPartition[]> {
    return this.#access.write((tables) => {
      if (!tables.sessions.isLiving(session)) return [];
      const claimed = partitions.map((wanted) => claimPartition(tables, wanted, session));
      return claimed.filter((row) => row !== undefined).sort(inOrderOfPartitions);
    });
  }

  release(leases: readonly PartitionLease[]): Promise<void> {
    return this.#access.write((tables) => {
      const rows = leases.map((lease) => tables.partitions.leased(lease)).filter((row) => row !== undefined);
      const owned = rows.filter(({ owner }) => owner !== undefined);
      for (const row of owned) tables.partitions.update({ ...row, owner: undefined });
      if (owned.length > 0) tables.countChange();
    });
  }

  saveCheckpoints(moves: readonly CheckpointMove[]): Promise<readonly MoveOutcome[]> {
    return this.#access.write(({ partitions }) => moves.map((move) => moveCheckpoint(partitions, move)));
  }

  report({ isPaused, error, ...lease }: PartitionReport): Promise<LeaseOutcome> {
    return this.#access.write(({ partitions }): LeaseOutcome => {
      const row = partitions.leased(lease);
      if (row === undefined) return { kind: "lost" };
      partitions.update({ ...row, isPaused, error });
      return { kind: "done" };
    });
  }

  park({ event, was, ...lease }: ParkRequest): Promise<ParkOutcome> {
    return this.#access.write(({ partitions, parked }): ParkOutcome => {
      const row = partitions.leased(lease);
      if (row === undefined) return { kind: "lost" };
      if (was !== undefined) {
        const { checkpoint } = row;
        if (checkpoint.sequenceNumber !== was && !isAt(row, event)) return { kind: "elsewhere", checkpoint };
        partitions.update({ ...row, checkpoint: event });
      }
      parked.put(lease.subscription, event);
      return { kind: "parked" };
    });
  }

  unpark({ parked: keys, ...lease }: UnparkRequest): Promise<LeaseOutcome> {
    return this.#access.write(({ partitions, parked }): LeaseOutcome => {
      if (partitions.leased(lease) === undefined) return { kind: "lost" };
      for (const key of keys) parked.remove(lease.subscription, key);
      return { kind: "done" };
    });
  }

  loadParked({ partitions: wanted }: ParkedRequest): Promise<readonly ParkedOfPartition[]> {
    return this.#access.read((tables) => {
      const bySubscription = Map.groupBy(wanted, ({ subscription }) => subscription);
      const loaded = [...bySubscription].flatMap(([subscription, keys]) =>
        tables.loadParked(
          subscription,
          keys.map(({ partition }) => partition),
        ),
      );
      const byKey = new Map(loaded.map((each) => [`${each.subscription}/${each.partition}`, each]));
      return wanted.flatMap(({ subscription, partition }) => byKey.get(`${subscription}/${partition}`) ?? []);
    });
  }

  listParked(listing: ParkedListing): Promise<readonly ParkedEvent[]> {
    return this.#access.read((tables) => tables.parked.list(listing, tables.partitionCount(listing.subscription)));
  }

  request({ subscription, partitions, ...asked }: RequestCall): Promise<readonly RequestOutcome[]> {
    return this.#access.write((tables) => {
      const rows = tables.partitions.ofSubscriptions([subscription]);
      const wanted = rows.filter(({ partition }) => partitions === undefined || partitions.includes(partition));
      return wanted.map((row) => askPartition(tables, row, asked));
    });
  }

  carryOut({ id, ...lease }: CarryOutRequest): Promise<CarryOutOutcome> {
    return this.#access.write((tables): CarryOutOutcome => {
      const row = tables.partitions.leased(lease);
      if (row === undefined) return { kind: "lost" };
      const waiting = row.requests.find((each) => each.id === id);
      const { checkpoint, isPaused } = waiting === undefined ? row : carryOutRequest(tables, row, waiting);
      return { kind: "done", checkpoint, isPaused };
    });
  }

  async repartition(call: RepartitionCall): Promise<RepartitionOutcome> {
    const outcome = await this.#access.write((tables) => {
      const row = tables.subscriptions.subscription(call.subscription);
      return row && repartition(tables, row, call);
    });
    if (outcome === undefined) throw new RangeError(`There is no subscription with the id ${call.subscription}.`);
    return outcome;
  }

  arrive(arrival: FenceArrival): Promise<ArrivalOutcome> {
    return this.#access.write((tables) => arriveAtFence(tables, arrival));
  }

  remove(removal: Removal): Promise<RemovalOutcome> {
    return this.#access.write((tables) => tables.remove(removal));
  }

  tryLock(attempt: LockAttempt): Promise<LockOutcome> {
    return this.#access.write(({ locks }) => locks.take(attempt));
  }

  releaseLock(release: LockRelease): Promise<void> {
    return this.#access.write((tables) => {
      if (tables.locks.release(release)) tables.countChange();
    });
  }

  status({ names }: StatusRequest): Promise<ProcessingStatus> {
    return this.#access.read((tables) => tables.status(names));
  }
}
