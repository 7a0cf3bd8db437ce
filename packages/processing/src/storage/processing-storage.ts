import type { CheckpointMove, MoveOutcome } from "./checkpoint.ts";
import type {
  ParkedEvent,
  ParkedListing,
  ParkedOfPartition,
  ParkOutcome,
  ParkRequest,
  UnparkRequest,
} from "./parked-event.ts";
import type { ClaimedPartition, ClaimRequest, PartitionReport } from "./partition.ts";
import type { LeaseOutcome, PartitionLease } from "./partition-lease.ts";
import type { CarryOutOutcome, CarryOutRequest, RequestCall, RequestOutcome } from "./partition-request.ts";
import type { LockAttempt, LockOutcome, LockRelease } from "./processing-lock.ts";
import type { ParkedRequest, ProcessingStatus, StatusRequest } from "./processing-status.ts";
import type { Removal, RemovalOutcome } from "./removal.ts";
import type { ArrivalOutcome, FenceArrival, RepartitionCall, RepartitionOutcome } from "./repartition.ts";
import type { BeatOutcome, BeatRequest, ReplacedSession, SessionBeginning, StalledSession } from "./session.ts";
import type { RegisteredSubscription, SubscriptionRegistration } from "./subscription.ts";

/**
 * Where subscriptions, their partitions, the sessions of nodes, leases, parked events and locks are stored. The broker
 * validates before it calls, so an implementation only stores and compares.
 *
 * **Every call is one indivisible step**: one statement or function on PostgreSQL, one short write transaction on SQLite,
 * however many partitions it concerns. Nothing is kept on the connection between calls, so connections may go through a pooler.
 * What a call has written and acknowledged, every later call sees, through this adapter or another one.
 *
 * **Every call may be repeated blindly** with the same arguments when its reply was lost. A repeat does not write again what the
 * first call has written, and gets the same answer, unless others have changed something since; calls for which that is not so say
 * it. An adapter whose connection was lost may repeat a call itself, or reject with the retryable `StorageUnavailableError`.
 *
 * **No clocks are compared**, neither those of machines nor that of the storage. A session is living until its row is deleted, and
 * the node that deletes it measures the time by its own clock. Times are stored only for people to read.
 *
 * A partition is *free* when it has no owner or its owner is not living. Its token rises whenever it is claimed, and whenever it
 * is changed while it is free. A write with a lease takes effect only if the partition still has the token of the lease. The
 * session need not be living for that: it may finish what it has begun, until somebody else claims the partition.
 *
 * Every failure of the storage beneath is one of the library's errors (`StorageUnavailableError`, `StorageBusyError`,
 * `StorageFullError` …), recognised by the driver's code, with the driver's error as `cause`. Every call rejects with
 * `AdapterClosedError` when {@link ProcessingStorage.isClosed}. Results are the caller's to keep; they may be frozen.
 */
export interface ProcessingStorage {
  /** Whether every further call fails, because the adapter is closed. */
  readonly isClosed: boolean;

  /**
   * Stores those subscriptions whose name is not registered, each with its partitions: free, at `startAt`, neither paused nor
   * with an error. Subscriptions that are registered already stay as they are, with their checkpoints. If a name is registered
   * several times at once, one registration counts.
   *
   * @param registrations with distinct names.
   * @returns for each registration, in their order, what is stored now; the caller compares source and partitioning.
   */
  register(registrations: readonly SubscriptionRegistration[]): Promise<readonly RegisteredSubscription[]>;

  /**
   * Begins a session, with beat 0 and no subscriptions. It replaces the living session of the same name, whose partitions and
   * locks are free at once, so that a node that starts again waits for nobody. If several sessions of one name begin at once, the
   * last one is living, never two. A session that is living already stays as it is.
   *
   * @returns the session that it replaced. If no node was restarted, another living node has the same name, and finds out by
   * its next beat. A repeat does not return it.
   */
  beginSession(beginning: SessionBeginning): Promise<ReplacedSession | undefined>;

  /**
   * Raises the counter of a session by one, and returns what {@link BeatOutcome} describes. It writes only the row of the session,
   * however many partitions that holds, so it waits for no checkpoint. A blind repeat raises the counter once more, which does no harm.
   */
  beat(request: BeatRequest): Promise<BeatOutcome>;

  /**
   * Deletes those sessions whose beat is still the one that was seen. If a beat and an eviction meet, one of them finds nothing
   * to do. The partitions and locks of deleted sessions are free. It does not wait for sessions whose row others have locked.
   *
   * @returns the ids of the sessions that this call deleted, so a repeat returns none.
   */
  evict(stalled: readonly StalledSession[]): Promise<readonly string[]>;

  /** Deletes a session, whose partitions and locks are then free. Does nothing if the session is not living. */
  endSession(session: string): Promise<void>;

  /**
   * Claims those partitions that are free and still have the token that was seen, and gives each the next token. It claims
   * nothing for a session that is not living. A partition that the session has already claimed by the same call is given to it
   * again, with the same new token. It does not wait for partitions whose row others have locked.
   *
   * @returns the claimed partitions, by subscription and partition in ascending order.
   */
  claim(request: ClaimRequest): Promise<readonly ClaimedPartition[]>;

  /** Releases partitions, which are then free. Those with another token stay as they are. */
  release(leases: readonly PartitionLease[]): Promise<void>;

  /**
   * Moves checkpoints, each independently. A repeat is recognised by its token and the new checkpoint.
   *
   * @param moves of distinct partitions.
   * @returns the outcome of each move, in their order.
   */
  saveCheckpoints(moves: readonly CheckpointMove[]): Promise<readonly MoveOutcome[]>;

  /** Stores whether a partition is paused and the error of its handler, as its owner reports them. */
  report(report: PartitionReport): Promise<LeaseOutcome>;

  /**
   * Parks an event, and moves the checkpoint to it if `was` is given: both or neither. An event that is parked already gets the
   * new number of attempts, error and `isWholeStream`.
   */
  park(request: ParkRequest): Promise<ParkOutcome>;

  /** Removes parked events. It is not an error if some are not parked. */
  unpark(request: UnparkRequest): Promise<LeaseOutcome>;

  /** What a new owner has to know about parked events, for each of the partitions in their order. */
  loadParked(request: ParkedRequest): Promise<readonly ParkedOfPartition[]>;

  /** A page of the parked events of a subscription, in order of sequence number and then of hash. */
  listParked(listing: ParkedListing): Promise<readonly ParkedEvent[]>;

  /**
   * Asks partitions of a subscription to do something. If a partition is free and no other request waits there, a pause, resume,
   * reset or drop is carried out at once, and the token rises. Otherwise, and for every replay, the request waits at the
   * partition, after those that wait already, until an owner carries it out.
   *
   * A call whose id waits at a partition, or is among the last ten that were carried out there, changes nothing there.
   *
   * @returns the outcome at each partition, in ascending order; partitions that the subscription does not have are left out.
   */
  request(call: RequestCall): Promise<readonly RequestOutcome[]>;

  /**
   * Carries out a request that waits at a partition. The owner calls it between two events, after it has saved what is done. A
   * pause, resume, reset or drop takes effect, and the request no longer waits. For a replay this only ends the waiting: its
   * events are unparked one by one as they succeed.
   */
  carryOut(request: CarryOutRequest): Promise<CarryOutOutcome>;

  /**
   * Gives a subscription a different number of partitions, in such a way that no event is handled twice. The fence is the highest
   * checkpoint of its partitions. Every partition works up to it and is released by {@link ProcessingStorage.arrive}. When all are
   * free and at the fence, and no request waits at any of them, new partitions replace them. The new ones are free and at the fence,
   * with its event id if one of the old had it, and have a token above all of the old. If one of the old was paused, they are
   * paused with the same error. Parked events belong to the new partitions of their hashes. If all of this holds already, the call
   * replaces the partitions at once; a repeat looks again.
   *
   * So nodes do not claim a partition that is free at the fence without requests. A node that sees all partitions free there,
   * because the last owner died before it arrived, makes the call again.
   *
   * @throws `RangeError` when there is no subscription with that id.
   */
  repartition(call: RepartitionCall): Promise<RepartitionOutcome>;

  /**
   * Releases a partition that has worked up to the fence of a repartition. If its checkpoint is beyond the fence, the fence rises
   * to it, and partitions at the old fence have to go on. If it is the last one, the partitions are replaced in the same step.
   */
  arrive(arrival: FenceArrival): Promise<ArrivalOutcome>;

  /**
   * Removes a subscription with everything that is stored of it: its partitions with their checkpoints and requests, its repartition,
   * and its parked events if that is asked for. It is refused while a living session owns one of its partitions, or has handlers for it
   * by its last beat, and then as long as parked events are to stay. Locks belong to no subscription, and stay.
   *
   * Its id is never given again. Leases on its partitions can no longer write, also when a subscription of the same name is registered
   * afterwards, which has nothing in common with it.
   */
  remove(removal: Removal): Promise<RemovalOutcome>;

  /**
   * Takes a lock that is free: nobody holds it, or the session of its holder is not living. It never waits. The lock is held until
   * it is released or the session is no longer living; the beats of the session are all that keeps it.
   */
  tryLock(attempt: LockAttempt): Promise<LockOutcome>;

  /** Releases a lock. Does nothing if the holder no longer has it. */
  releaseLock(release: LockRelease): Promise<void>;

  /** Everything that is stored about some or all subscriptions, and all living sessions. */
  status(request: StatusRequest): Promise<ProcessingStatus>;
}
