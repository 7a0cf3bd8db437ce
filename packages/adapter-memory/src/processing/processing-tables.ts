import type {
  ProcessingSession,
  ProcessingStatus,
  Removal,
  RemovalOutcome,
  SubscriptionStatus,
} from "@eventfold/processing";
import { compareCodePoints } from "../code-point-order.ts";
import { LockRows } from "./lock-rows.ts";
import { ParkedRows } from "./parked-rows.ts";
import { claimedPartition, type PartitionRow } from "./partition-row.ts";
import { SessionRows } from "./session-rows.ts";
import { type SubscriptionRow, SubscriptionRows } from "./subscription-rows.ts";

/** Everything that is stored of processing. */
export class ProcessingTables {
  readonly sessions = new SessionRows();
  readonly subscriptions = new SubscriptionRows();
  readonly parked = new ParkedRows(this.subscriptions);
  readonly locks = new LockRows();

  isFree({ owner }: PartitionRow): boolean {
    return !this.sessions.isLiving(owner);
  }

  /** The status of all subscriptions, or of those with some names. */
  status(names: readonly string[] | undefined): ProcessingStatus {
    const wanted = this.subscriptions.all.filter(({ facts }) => names === undefined || names.includes(facts.name));
    return {
      sessions: this.sessions.all.toSorted(inOrderOfNames),
      subscriptions: wanted.map((row) => this.#statusOf(row)).sort((a, b) => compareCodePoints(a.name, b.name)),
    };
  }

  /** Removes a subscription with everything that belongs to it, unless something keeps it. */
  remove({ subscription, withParked }: Removal): RemovalOutcome {
    const row = this.subscriptions.subscription(subscription);
    if (row === undefined) return { kind: "removed" };
    const owners = new Set(row.partitions.map(({ owner }) => owner));
    const busy = this.sessions.all.filter(
      ({ id, subscriptions }) => owners.has(id) || subscriptions.includes(subscription),
    );
    if (busy.length > 0) return { kind: "busy", sessions: busy.sort(inOrderOfNames) };
    const parked = this.parked.countAll(subscription);
    if (parked > 0 && !withParked) return { kind: "parked", parked };
    this.parked.removeAll(subscription);
    this.subscriptions.remove(row);
    return { kind: "removed" };
  }

  #statusOf({ facts, repartition, partitions }: SubscriptionRow): SubscriptionStatus {
    const status = partitions.map((row) => ({
      ...claimedPartition(row),
      owner: row.owner,
      carriedOut: row.carriedOut,
      parked: this.parked.count(row),
    }));
    return { ...facts, repartition, status };
  }
}

function inOrderOfNames(a: ProcessingSession, b: ProcessingSession): number {
  return compareCodePoints(a.name, b.name);
}
