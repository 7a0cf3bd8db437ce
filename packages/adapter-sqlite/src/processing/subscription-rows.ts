import type { RegisteredSubscription, Repartition, SubscriptionFacts } from "@eventfold/processing";
import type { Row } from "../connection/client.ts";
import type { StatementCache } from "../connection/statement-cache.ts";
import { notWritten } from "../connection/translate-error.ts";

/** A subscription as it is stored, without its partitions. */
export interface SubscriptionRow {
  readonly facts: RegisteredSubscription;
  /** The change of its number of partitions that is under way. */
  readonly repartition: Repartition | undefined;
  /** The id of the last repartition that was carried out. */
  readonly lastRepartition: string | undefined;
}

const SELECT = `SELECT id, name, source, partitioning, partitions, repartition, repartition_partitions, fence, last_repartition
  FROM eventfold_processing_subscriptions`;
const ALL = `${SELECT} ORDER BY name`;
const OF_NAMES = `${SELECT} WHERE name IN (SELECT value FROM json_each(?)) ORDER BY name`;
const OF_IDS = `${SELECT} WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id`;
const ONE = `${SELECT} WHERE id = ?`;
const INSERT = `INSERT INTO eventfold_processing_subscriptions (name, source, partitioning, partitions) VALUES (?, ?, ?, ?)
  RETURNING id`;
// The driver binds large numbers as floating point, which a strict column takes up to 2⁵¹ only.
const UPDATE = `UPDATE eventfold_processing_subscriptions SET partitions = ?, repartition = ?, repartition_partitions = ?,
  fence = CAST(? AS INTEGER), last_repartition = ? WHERE id = ?`;
const DELETE = "DELETE FROM eventfold_processing_subscriptions WHERE id = ?";

/** All subscriptions. */
export class SubscriptionRows {
  readonly #statements: StatementCache;

  constructor(statements: StatementCache) {
    this.#statements = statements;
  }

  subscription(id: number): SubscriptionRow | undefined {
    const row = this.#statements.prepared(ONE).get(id);
    return row && subscriptionRow(row);
  }

  /** The subscriptions with some ids, in ascending order. */
  ofIds(ids: readonly number[]): readonly SubscriptionRow[] {
    return this.#statements.prepared(OF_IDS).all(JSON.stringify(ids)).map(subscriptionRow);
  }

  /** The subscriptions with some names, or all, in code-point order of their names. */
  ofNames(names: readonly string[] | undefined): readonly SubscriptionRow[] {
    const rows =
      names === undefined
        ? this.#statements.prepared(ALL).all()
        : this.#statements.prepared(OF_NAMES).all(JSON.stringify(names));
    return rows.map(subscriptionRow);
  }

  insert({ name, source, partitioning, partitions }: SubscriptionFacts): RegisteredSubscription {
    const inserted = this.#statements.prepared(INSERT).get(name, source, partitioning, partitions);
    if (inserted === undefined) throw notWritten("a subscription");
    return { id: Number(inserted[0]), name, source, partitioning, partitions };
  }

  delete(id: number): void {
    const { changes } = this.#statements.prepared(DELETE).run(id);
    if (changes !== 1) throw notWritten("the removal of a subscription");
  }

  /** Stores the number of partitions of a subscription, and its repartitions. */
  update({ facts, repartition, lastRepartition }: SubscriptionRow): void {
    const { id, partitions, fence } = repartition ?? {};
    const { changes } = this.#statements
      .prepared(UPDATE)
      .run(facts.partitions, id ?? null, partitions ?? null, fence ?? null, lastRepartition ?? null, facts.id);
    if (changes !== 1) throw notWritten("a subscription");
  }
}

function subscriptionRow(row: Row): SubscriptionRow {
  const [id, name, source, partitioning, partitions, repartition, newPartitions, fence, lastRepartition] = row;
  const facts = {
    id: Number(id),
    name: String(name),
    source: String(source),
    partitioning: String(partitioning),
    partitions: Number(partitions),
  };
  const underWay = {
    subscription: facts.id,
    id: String(repartition),
    partitions: Number(newPartitions),
    fence: Number(fence),
  };
  return {
    facts,
    repartition: repartition === null ? undefined : underWay,
    lastRepartition: lastRepartition === null ? undefined : String(lastRepartition),
  };
}
