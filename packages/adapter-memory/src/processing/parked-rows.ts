import type {
  EventToPark,
  ParkedEvent,
  ParkedKey,
  ParkedListing,
  ParkedMark,
  ParkedOfPartition,
  ParkedSelection,
  PartitionKey,
} from "@eventfold/processing";
import { systemClock } from "@eventfold/types";
import type { PartitionRow } from "./partition-row.ts";
import type { SubscriptionRows } from "./subscription-rows.ts";

interface ParkedRow extends EventToPark {
  readonly parkedAtMs: number;
}

/** The parked events of all subscriptions. The hash of an event determines its partition. */
export class ParkedRows {
  readonly #subscriptions: SubscriptionRows;
  readonly #rows = new Map<number, Map<string, ParkedRow>>();

  constructor(subscriptions: SubscriptionRows) {
    this.#subscriptions = subscriptions;
  }

  put(subscription: number, event: EventToPark): void {
    const rows = this.#of(subscription);
    const key = textOf(event);
    const { sequenceNumber, hash, eventId, category, stream, isWholeStream, attempts, error } = event;
    const parkedAtMs = rows.get(key)?.parkedAtMs ?? systemClock.now().getTime();
    const row = { sequenceNumber, hash, eventId, category, stream, isWholeStream, attempts, error, parkedAtMs };
    rows.set(key, Object.freeze(row));
    this.#rows.set(subscription, rows);
  }

  has(subscription: number, key: ParkedKey): boolean {
    return this.#of(subscription).has(textOf(key));
  }

  remove(subscription: number, key: ParkedKey): void {
    this.#of(subscription).delete(textOf(key));
  }

  /** Removes the selected events of a partition. */
  drop(key: PartitionKey, selection: ParkedSelection): void {
    for (const row of this.#ofPartition(key)) {
      if (isSelected(row, selection)) this.remove(key.subscription, row);
    }
  }

  /** Removes all events of a subscription. */
  removeAll(subscription: number): void {
    this.#rows.delete(subscription);
  }

  countAll(subscription: number): number {
    return this.#of(subscription).size;
  }

  count(key: PartitionKey): number {
    return this.#ofPartition(key).length;
  }

  /** What a new owner has to know about the parked events of a partition. */
  load(key: PartitionKey, row: PartitionRow | undefined): ParkedOfPartition {
    const rows = this.#ofPartition(key);
    const done = row?.checkpoint.sequenceNumber ?? 0;
    const marks = rows.filter(({ isWholeStream, sequenceNumber }) => isWholeStream || sequenceNumber > done);
    return { subscription: key.subscription, partition: key.partition, count: rows.length, marks: marks.map(markOf) };
  }

  list({ subscription, of, after, limit }: ParkedListing): readonly ParkedEvent[] {
    const count = this.#subscriptions.subscription(subscription)?.partitions.length ?? 1;
    return this.#sorted(subscription)
      .filter((row) => of === undefined || (row.category === of.category && row.stream === of.stream))
      .filter((row) => after === undefined || inOrder(row, after) > 0)
      .slice(0, limit)
      .map((row) => ({ subscription, partition: row.hash % count, ...row }));
  }

  #ofPartition({ subscription, partition }: PartitionKey): readonly ParkedRow[] {
    const count = this.#subscriptions.subscription(subscription)?.partitions.length ?? 1;
    return this.#sorted(subscription).filter(({ hash }) => hash % count === partition);
  }

  #sorted(subscription: number): readonly ParkedRow[] {
    return [...this.#of(subscription).values()].sort(inOrder);
  }

  #of(subscription: number): Map<string, ParkedRow> {
    return this.#rows.get(subscription) ?? new Map();
  }
}

function isSelected(row: ParkedRow, selection: ParkedSelection): boolean {
  switch (selection.kind) {
    case "event":
      return row.sequenceNumber === selection.sequenceNumber;
    case "stream":
      return row.category === selection.category && row.stream === selection.stream;
    case "all":
      return true;
  }
}

function markOf({ sequenceNumber, hash, category, stream, isWholeStream }: ParkedRow): ParkedMark {
  return { sequenceNumber, hash, category, stream, isWholeStream };
}

function inOrder(a: ParkedKey, b: ParkedKey): number {
  return a.sequenceNumber - b.sequenceNumber || a.hash - b.hash;
}

function textOf({ sequenceNumber, hash }: ParkedKey): string {
  return `${sequenceNumber}/${hash}`;
}
