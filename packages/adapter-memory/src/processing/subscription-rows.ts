import type {
  PartitionKey,
  PartitionLease,
  RegisteredSubscription,
  Repartition,
  SubscriptionRegistration,
} from "@eventfold/processing";
import { newPartition, type PartitionRow } from "./partition-row.ts";

/** A subscription as it is stored, with its partitions in order of their numbers. */
export interface SubscriptionRow {
  facts: RegisteredSubscription;
  partitions: readonly PartitionRow[];
  /** The change of its number of partitions that is under way. */
  repartition: Repartition | undefined;
  /** The id of the last repartition that was carried out. */
  lastRepartition: string | undefined;
}

/** All subscriptions, and their partitions. */
export class SubscriptionRows {
  readonly #byId = new Map<number, SubscriptionRow>();
  readonly #byName = new Map<string, SubscriptionRow>();
  #lastId = 0;

  /** All subscriptions, in the order in which they were registered. */
  get all(): readonly SubscriptionRow[] {
    return [...this.#byId.values()];
  }

  /** Stores a subscription if its name is unknown. @returns what is stored. */
  register({ startAt, ...registration }: SubscriptionRegistration): RegisteredSubscription {
    const known = this.#byName.get(registration.name);
    if (known !== undefined) return known.facts;
    const { name, source, partitioning, partitions: count } = registration;
    this.#lastId += 1;
    const id = this.#lastId;
    const facts = Object.freeze({ id, name, source, partitioning, partitions: count });
    const partitions = Array.from({ length: count }, (_, partition) =>
      newPartition({ subscription: id, partition, token: 0 }, startAt),
    );
    const row: SubscriptionRow = { facts, partitions, repartition: undefined, lastRepartition: undefined };
    this.#byId.set(id, row);
    this.#byName.set(name, row);
    return facts;
  }

  remove({ facts: { id, name } }: SubscriptionRow): void {
    this.#byId.delete(id);
    this.#byName.delete(name);
  }

  subscription(id: number): SubscriptionRow | undefined {
    return this.#byId.get(id);
  }

  partition({ subscription, partition }: PartitionKey): PartitionRow | undefined {
    return this.#byId.get(subscription)?.partitions[partition];
  }

  /** The partition, if it still has the token of the lease. */
  leased(lease: PartitionLease): PartitionRow | undefined {
    const row = this.partition(lease);
    return row?.token === lease.token ? row : undefined;
  }
}
