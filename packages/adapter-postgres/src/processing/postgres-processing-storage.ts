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
import type { Lifetime } from "@eventfold/store/adapter";
import { releaseLock, tryLock } from "./calls/lock-calls.ts";
import { listParked, loadParked, park, unpark } from "./calls/parking-calls.ts";
import { claim, register, release, report, saveCheckpoints } from "./calls/partition-calls.ts";
import type { ProcessingCall } from "./calls/processing-call.ts";
import { remove } from "./calls/removal-call.ts";
import { arrive, repartition } from "./calls/repartition-calls.ts";
import { carryOut, request } from "./calls/request-calls.ts";
import { beat, beginSession, endSession, evict } from "./calls/session-calls.ts";
import { status } from "./calls/status-call.ts";

/** How a storage reaches the server. */
export interface ProcessingAccess {
  readonly lifetime: Lifetime;
  /** Makes a call, in one round trip, and gives its answer. */
  run<TAnswer>(call: ProcessingCall<TAnswer>): Promise<TAnswer>;
}

/** Processing outside of every transaction: each call is one function of the database, committed by itself. */
export class PostgresProcessingStorage implements ProcessingStorage {
  readonly #access: ProcessingAccess;

  constructor(access: ProcessingAccess) {
    this.#access = access;
  }

  get isClosed(): boolean {
    return this.#access.lifetime.isEnded;
  }

  register(registrations: readonly SubscriptionRegistration[]): Promise<readonly RegisteredSubscription[]> {
    return this.#access.run(register(registrations));
  }

  beginSession(beginning: SessionBeginning): Promise<ReplacedSession | undefined> {
    return this.#access.run(beginSession(beginning));
  }

  beat(sign: BeatRequest): Promise<BeatOutcome> {
    return this.#access.run(beat(sign));
  }

  evict(stalled: readonly StalledSession[]): Promise<readonly string[]> {
    return this.#access.run(evict(stalled));
  }

  endSession(session: string): Promise<void> {
    return this.#access.run(endSession(session));
  }

  claim(wanted: ClaimRequest): Promise<readonly ClaimedPartition[]> {
    return this.#access.run(claim(wanted));
  }

  release(leases: readonly PartitionLease[]): Promise<void> {
    return this.#access.run(release(leases));
  }

  saveCheckpoints(moves: readonly CheckpointMove[]): Promise<readonly MoveOutcome[]> {
    return this.#access.run(saveCheckpoints(moves));
  }

  report(said: PartitionReport): Promise<LeaseOutcome> {
    return this.#access.run(report(said));
  }

  park(asked: ParkRequest): Promise<ParkOutcome> {
    return this.#access.run(park(asked));
  }

  unpark(asked: UnparkRequest): Promise<LeaseOutcome> {
    return this.#access.run(unpark(asked));
  }

  loadParked(asked: ParkedRequest): Promise<readonly ParkedOfPartition[]> {
    return this.#access.run(loadParked(asked));
  }

  listParked(listing: ParkedListing): Promise<readonly ParkedEvent[]> {
    return this.#access.run(listParked(listing));
  }

  request(call: RequestCall): Promise<readonly RequestOutcome[]> {
    return this.#access.run(request(call));
  }

  carryOut(asked: CarryOutRequest): Promise<CarryOutOutcome> {
    return this.#access.run(carryOut(asked));
  }

  repartition(call: RepartitionCall): Promise<RepartitionOutcome> {
    return this.#access.run(repartition(call));
  }

  arrive(arrival: FenceArrival): Promise<ArrivalOutcome> {
    return this.#access.run(arrive(arrival));
  }

  remove(removal: Removal): Promise<RemovalOutcome> {
    return this.#access.run(remove(removal));
  }

  tryLock(attempt: LockAttempt): Promise<LockOutcome> {
    return this.#access.run(tryLock(attempt));
  }

  releaseLock(given: LockRelease): Promise<void> {
    return this.#access.run(releaseLock(given));
  }

  status(asked: StatusRequest): Promise<ProcessingStatus> {
    return this.#access.run(status(asked));
  }
}
