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
import type { ArrivalOutcome, FenceArrival, RepartitionCall, RepartitionOutcome } from "./repartition.ts";
import type { BeatOutcome, BeatRequest, ReplacedSession, SessionBeginning, StalledSession } from "./session.ts";
import type { RegisteredSubscription, SubscriptionRegistration } from "./subscription.ts";

/**
 * Where subscriptions, their partitions, the sessions of nodes, leases, parked events and locks are stored. The broker
 * validates before it calls, so an implementation only stores and compares.
 *
 * **Every call is one indivisible step**: one statement or function on PostgreSQL, one short write transaction on SQLite,
 * whatever the number of partitions it is about. Nothing is kept on the connection between calls, so that a pooler may stand
 * before the server. What a call was acknowledged to have written, every later call sees, by this adapter or another one.
 *
 * **Every call may be repeated blindly** when its reply was lost, with the very same arguments: a repeat writes nothing that the
 * first one has written, and is answered as the first one was, unless others have changed something since; where that is not so, the
 * call says it. An adapter whose connection was lost may do so itself, or reject with the retryable `StorageUnavailableError`.
 *
 * **No clocks are compared**, of machines or of the storage. A session is living until its row is deleted; who deletes it
 * measures by a clock of its own. Times are stored for people to read.
 *
 * A partition is *free* when it has no owner or its owner is not living. Its token rises whenever it is claimed and whenever it
 * is changed while it is free; whoever writes with a lease has written only if the token was still that of the lease. A session
 * need not be living for that: what it has begun it may finish, until somebody else claims.
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
   * with an error. What is registered stays as it is, its checkpoints too: of simultaneous registrations of a name one counts.
   *
   * @param registrations with distinct names.
   * @returns for each of them, in their order, what is stored now; the caller compares source and partitioning.
   */
  register(registrations: readonly SubscriptionRegistration[]): Promise<readonly RegisteredSubscription[]>;

  /**
   * Begins a session, with the beat 0 and no subscriptions. It takes the place of the living session of the same name, whose
   * partitions and locks are free at once: a node that starts again waits for nobody. Of simultaneous ones of a name the last
   * one is living, never two. One that is living already stays as it is.
   *
   * @returns the session that it took the place of: where nobody restarted, another living node has the same name, and finds
   * out by its next beat. A repeat does not tell.
   */
  beginSession(beginning: SessionBeginning): Promise<ReplacedSession | undefined>;

  /**
   * Raises the counter of a session by one, and tells what there is. It writes that one row and no other, however many
   * partitions the session holds, so that it waits for no checkpoint. A blind repeat raises it once more, which harms nobody.
   */
  beat(request: BeatRequest): Promise<BeatOutcome>;

  /**
   * Deletes those sessions whose beat is still the one that was seen; a beat and an eviction meet at the row, and one of them
   * finds nothing. Their partitions and locks are free. It does not wait for sessions whose row others have locked.
   *
   * @returns the ids of those that this call deleted, so that a repeat names none.
   */
  evict(stalled: readonly StalledSession[]): Promise<readonly string[]>;

  /** Deletes a session, whose partitions and locks are free. It finds nothing to do when the session is not living. */
  endSession(session: string): Promise<void>;

  /**
   * Claims those partitions that are free and still have the token that was seen, and gives each the token after it. It claims
   * nothing for a session that is not living. A partition that the session has claimed by the same call before is
   * given to it again, with the same new token. It does not wait for partitions whose row others have locked.
   *
   * @returns those that were claimed, by subscription and partition in ascending order.
   */
  claim(request: ClaimRequest): Promise<readonly ClaimedPartition[]>;

  /** Gives partitions back, which are free then. Those with another token stay as they are. */
  release(leases: readonly PartitionLease[]): Promise<void>;

  /**
   * Moves checkpoints, each by itself. A repeat is known by its token and the new checkpoint.
   *
   * @param moves of distinct partitions.
   * @returns for each of them, in their order, what became of it.
   */
  saveCheckpoints(moves: readonly CheckpointMove[]): Promise<readonly MoveOutcome[]>;

  /** Stores whether a partition is paused and what its handler failed with, as its owner says. */
  report(report: PartitionReport): Promise<LeaseOutcome>;

  /**
   * Parks an event, and moves the checkpoint to it where `was` says so, both or neither. One that is parked already gets the new
   * number of attempts, error and `isWholeStream`.
   */
  park(request: ParkRequest): Promise<ParkOutcome>;

  /** Removes parked events. Those that are not parked need not be. */
  unpark(request: UnparkRequest): Promise<LeaseOutcome>;

  /** What a new owner has to know of what is parked, for each of the partitions in their order. */
  loadParked(request: ParkedRequest): Promise<readonly ParkedOfPartition[]>;

  /** A page of the parked events of a subscription, in order of sequence number and then of hash. */
  listParked(listing: ParkedListing): Promise<readonly ParkedEvent[]>;

  /**
   * Asks partitions of a subscription to do something. At a partition that is free and of which nothing else waits, a pause,
   * resume, reset or drop is carried out at once, and its token rises. Otherwise, and for every replay, the request waits at the
   * partition, after those that wait already, until an owner carries it out.
   *
   * A call whose id waits at a partition, or is among the last ten that were carried out there, changes nothing there.
   *
   * @returns what became of it at each partition, in ascending order; those that the subscription has not are left out.
   */
  request(call: RequestCall): Promise<readonly RequestOutcome[]>;

  /**
   * Carries out a request that waits at a partition, between two events and after what is done was saved: the pause, resume,
   * reset or drop takes effect, and the request no longer waits. Of a replay only the latter: its events are unparked one by one
   * as they succeed.
   */
  carryOut(request: CarryOutRequest): Promise<CarryOutOutcome>;

  /**
   * Gives a subscription another number of partitions, so that no event is handled twice. The fence is the highest checkpoint of
   * its partitions. Every partition works up to it and is given back by {@link ProcessingStorage.arrive}. Once all are free and at
   * the fence, and no request waits at any of them, they are replaced: by new ones that are free, at the fence with its event id
   * where one of the old had it, with a token above all of the old, paused with the same error where one of the old was
   * paused. Parked events go where their hashes do. Where that holds at once, it is done at once; a repeat looks again.
   *
   * So nodes leave a partition alone that is free at the fence with nothing asked of it, and one that sees all of them free there,
   * because the last owner died before it arrived, makes the call again.
   *
   * @throws `RangeError` when there is no subscription of that id.
   */
  repartition(call: RepartitionCall): Promise<RepartitionOutcome>;

  /**
   * Gives a partition back that has worked up to the fence of a repartition. When its checkpoint is beyond the fence, the fence
   * rises to it, and those that were at the old one go on. When it is the last one, the partitions are replaced in the same step.
   */
  arrive(arrival: FenceArrival): Promise<ArrivalOutcome>;

  /**
   * Takes a lock that is free: that nobody holds, or whose holder's session is not living. It never waits. The lock is held
   * until it is released or the session is not living any more: nobody renews it but by the beats of the session.
   */
  tryLock(attempt: LockAttempt): Promise<LockOutcome>;

  /** Gives a lock back. It finds nothing to do when the holder has it no longer. */
  releaseLock(release: LockRelease): Promise<void>;

  /** All that is stored of some subscriptions or of all, and every living session. */
  status(request: StatusRequest): Promise<ProcessingStatus>;
}
