import type {
  ParkedOfPartition,
  PartitionKey,
  ProcessingStatus,
  RegisteredSubscription,
  Removal,
  RemovalOutcome,
  SubscriptionRegistration,
  SubscriptionStatus,
} from "@eventfold/processing";
import type { Client } from "../connection/client.ts";
import { StatementCache } from "../connection/statement-cache.ts";
import { Counters } from "./counters.ts";
import { LockRows } from "./lock-rows.ts";
import { ParkedRows } from "./parked-rows.ts";
import { newPartition, type PartitionRow, PartitionRows } from "./partition-rows.ts";
import { SessionRows } from "./session-rows.ts";
import { type SubscriptionRow, SubscriptionRows } from "./subscription-rows.ts";

/** Everything that is stored of processing, on one connection. All calls are synchronous. */
export class ProcessingTables {
  readonly sessions: SessionRows;
  readonly subscriptions: SubscriptionRows;
  readonly partitions: PartitionRows;
  readonly parked: ParkedRows;
  readonly locks: LockRows;
  readonly #counters: Counters;

  constructor(client: Client) {
    const statements = StatementCache.of(client);
    this.#counters = new Counters(statements);
    this.sessions = new SessionRows(statements);
    this.subscriptions = new SubscriptionRows(statements);
    this.partitions = new PartitionRows(statements);
    this.parked = new ParkedRows(statements);
    this.locks = new LockRows(statements, { sessions: this.sessions, counters: this.#counters });
  }

  /** Whether a partition has no living owner. */
  isFree({ owner }: PartitionRow): boolean {
    return !this.sessions.isLiving(owner);
  }

  /** Counts a change that has to wake listeners. */
  countChange(): void {
    this.#counters.raise("changes");
  }

  /** Stores a subscription whose name is unknown, with its partitions. @returns what is stored. */
  register({ startAt, ...facts }: SubscriptionRegistration): RegisteredSubscription {
    const [known] = this.subscriptions.ofNames([facts.name]);
    if (known !== undefined) return known.facts;
    const registered = this.subscriptions.insert(facts);
    for (let partition = 0; partition < facts.partitions; partition++) {
      this.partitions.insert(newPartition({ subscription: registered.id, partition, token: 0 }, startAt));
    }
    return registered;
  }

  /** Removes a subscription with everything that belongs to it, unless something keeps it. */
  remove({ subscription, withParked }: Removal): RemovalOutcome {
    if (this.subscriptions.subscription(subscription) === undefined) return { kind: "removed" };
    const owners = new Set(this.partitions.ofSubscriptions([subscription]).map(({ owner }) => owner));
    const busy = this.sessions.all.filter(
      ({ id, subscriptions }) => owners.has(id) || subscriptions.includes(subscription),
    );
    if (busy.length > 0) return { kind: "busy", sessions: busy };
    const parked = this.parked.countAll(subscription);
    if (parked > 0 && !withParked) return { kind: "parked", parked };
    this.parked.removeAll(subscription);
    this.partitions.deleteAll(subscription);
    this.subscriptions.delete(subscription);
    return { kind: "removed" };
  }

  /** How many partitions a subscription has; 1 for an id that is not stored, which has no parked events. */
  partitionCount(subscription: number): number {
    return this.subscriptions.subscription(subscription)?.facts.partitions ?? 1;
  }

  /** What new owners have to know about parked events of partitions of one subscription. */
  loadParked(subscription: number, partitions: readonly number[]): readonly ParkedOfPartition[] {
    const of = this.partitionCount(subscription);
    const counts = this.parked.counts(subscription, of);
    const doneOf = partitions.map((partition) => this.#numberOf({ subscription, partition }));
    const marks = this.parked.marks({ subscription, of, partitions }, Math.min(...doneOf));
    return partitions.map((partition, index) => ({
      subscription,
      partition,
      count: counts.get(partition) ?? 0,
      marks: marks.filter(
        ({ hash, isWholeStream, sequenceNumber }) =>
          hash % of === partition && (isWholeStream || sequenceNumber > (doneOf[index] ?? 0)),
      ),
    }));
  }

  /** The status of all subscriptions, or of those with some names. */
  status(names: readonly string[] | undefined): ProcessingStatus {
    const subscriptions = this.subscriptions.ofNames(names).map((row) => this.#statusOf(row));
    return { sessions: this.sessions.all, subscriptions };
  }

  #statusOf({ facts, repartition }: SubscriptionRow): SubscriptionStatus {
    const counts = this.parked.counts(facts.id, facts.partitions);
    const rows = this.partitions.ofSubscriptions([facts.id]);
    const status = rows.map((row) => ({ ...row, parked: counts.get(row.partition) ?? 0 }));
    return { ...facts, repartition, status };
  }

  #numberOf(key: PartitionKey): number {
    return this.partitions.partition(key)?.checkpoint.sequenceNumber ?? 0;
  }
}
