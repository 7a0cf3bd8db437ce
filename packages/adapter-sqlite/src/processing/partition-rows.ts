import type { Checkpoint, PartitionKey, PartitionLease, PartitionStatus, WaitingRequest } from "@eventfold/processing";
import type { Row } from "../connection/client.ts";
import type { StatementCache } from "../connection/statement-cache.ts";
import { notWritten } from "../connection/translate-error.ts";
import { uuidOf } from "../reading/uuid-of.ts";

/** A partition as it is stored. */
export type PartitionRow = Omit<PartitionStatus, "parked">;

const SELECT = `SELECT subscription, partition, token, owner, sequence_number, lower(hex(event_id)), is_paused, error, requests,
  carried_out FROM eventfold_processing_partitions`;
const ONE = `${SELECT} WHERE subscription = ? AND partition = ?`;
const OF_SUBSCRIPTIONS = `${SELECT} WHERE subscription IN (SELECT value FROM json_each(?)) ORDER BY subscription, partition`;
// The driver binds large numbers as floating point, which a strict column takes up to 2⁵¹ only.
const INSERT = `INSERT INTO eventfold_processing_partitions
  (token, owner, sequence_number, event_id, is_paused, error, requests, carried_out, subscription, partition)
  VALUES (?, ?, CAST(? AS INTEGER), unhex(?, '-'), ?, ?, ?, ?, ?, ?)`;
const UPDATE = `UPDATE eventfold_processing_partitions SET token = ?, owner = ?, sequence_number = CAST(? AS INTEGER),
  event_id = unhex(?, '-'), is_paused = ?, error = ?, requests = ?, carried_out = ? WHERE subscription = ? AND partition = ?`;
const DELETE = "DELETE FROM eventfold_processing_partitions WHERE subscription = ?";

/** The partitions of all subscriptions. */
export class PartitionRows {
  readonly #statements: StatementCache;

  constructor(statements: StatementCache) {
    this.#statements = statements;
  }

  partition({ subscription, partition }: PartitionKey): PartitionRow | undefined {
    const row = this.#statements.prepared(ONE).get(subscription, partition);
    return row && partitionRow(row);
  }

  /** The partition, if it still has the token of the lease. */
  leased(lease: PartitionLease): PartitionRow | undefined {
    const row = this.partition(lease);
    return row?.token === lease.token ? row : undefined;
  }

  /** The partitions of some subscriptions, by subscription and partition in ascending order. */
  ofSubscriptions(subscriptions: readonly number[]): readonly PartitionRow[] {
    return this.#statements.prepared(OF_SUBSCRIPTIONS).all(JSON.stringify(subscriptions)).map(partitionRow);
  }

  insert(row: PartitionRow): void {
    this.#write(INSERT, row);
  }

  /** Replaces the stored row of a partition. */
  update(row: PartitionRow): void {
    this.#write(UPDATE, row);
  }

  deleteAll(subscription: number): void {
    this.#statements.prepared(DELETE).run(subscription);
    if (this.ofSubscriptions([subscription]).length > 0) throw notWritten("the removal of partitions");
  }

  #write(sql: string, row: PartitionRow): void {
    const { subscription, partition, token, owner, checkpoint, isPaused, error, requests, carriedOut } = row;
    const { changes } = this.#statements
      .prepared(sql)
      .run(
        token,
        owner ?? null,
        checkpoint.sequenceNumber,
        checkpoint.eventId ?? null,
        isPaused ? 1 : 0,
        error ?? null,
        JSON.stringify(requests),
        JSON.stringify(carriedOut),
        subscription,
        partition,
      );
    if (changes !== 1) throw notWritten("a partition");
  }
}

/** A partition that is free, at a checkpoint. */
export function newPartition(lease: PartitionLease, { sequenceNumber, eventId }: Checkpoint): PartitionRow {
  const { subscription, partition, token } = lease;
  const rest = { owner: undefined, isPaused: false, error: undefined, requests: [], carriedOut: [] };
  return { subscription, partition, token, checkpoint: { sequenceNumber, eventId }, ...rest };
}

function partitionRow(row: Row): PartitionRow {
  const [subscription, partition, token, owner, sequenceNumber, eventId, isPaused, error, requests, carriedOut] = row;
  return {
    subscription: Number(subscription),
    partition: Number(partition),
    token: Number(token),
    owner: textOf(owner),
    checkpoint: { sequenceNumber: Number(sequenceNumber), eventId: eventId ? uuidOf(String(eventId)) : undefined },
    isPaused: isPaused === 1,
    error: textOf(error),
    requests: requestsOf(String(requests)),
    carriedOut: JSON.parse(String(carriedOut)),
  };
}

function textOf(cell: unknown): string | undefined {
  return typeof cell === "string" ? cell : undefined;
}

/** The requests in the stored JSON, which leaves out an id that is not known. */
function requestsOf(json: string): readonly WaitingRequest[] {
  const requests: readonly WaitingRequest[] = JSON.parse(json);
  return requests.map(({ id, request }) => {
    if (request.kind !== "reset") return { id, request };
    const { sequenceNumber, eventId } = request.checkpoint;
    return { id, request: { kind: "reset", checkpoint: { sequenceNumber, eventId } } };
  });
}
