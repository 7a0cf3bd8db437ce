import type { SourceConstraint } from "@eventfold/store";
import { memberNames, withKnownMembers } from "@eventfold/store/adapter";
import type { AnyEvents, EventName, StoredEvent } from "@eventfold/types";
import { checkedFailurePolicy, DEFAULT_FAILURE_POLICY, type FailurePolicy } from "../failure/failure-policy.ts";
import { checkedInteger } from "./checked-integer.ts";
import { checkHandler, type EventHandler } from "./event-handler.ts";
import type { FoldingHandler } from "./folding-handler.ts";
import { checkedProcessingName } from "./processing-name.ts";
import { checkedStartFrom, type StartFrom } from "./start-from.ts";
import { checkSource, type SubscribableSource } from "./subscribable-source.ts";
import { checkTransactional, type Transactional } from "./transactional.ts";

/**
 * When the checkpoint of a busy partition is saved; whichever comes first. What was handled since is handled again if the node dies. One that
 * has handled all that is published saves at once.
 */
export interface CheckpointOptions {
  /** After this number of events, from 1 to 10,000. Default: 10,000. */
  readonly everyEvents?: number | undefined;
  /** After this number of milliseconds, from 1 to a day. Default: 100. */
  readonly everyMs?: number | undefined;
}

/** What a subscription is made of, besides its handler. */
export interface SubscriptionOptions<TEvents extends object, TTransaction extends object = never> {
  /** The name under which the checkpoints are stored, so keep it. At most 512 code points, without control characters. */
  readonly name: string;
  /** A stream, a category or the log. */
  readonly source: SubscribableSource<TEvents>;
  /** Only events for which all of these hold are handled. Default: none. */
  readonly constraints?: readonly SourceConstraint<EventName<TEvents>>[] | undefined;
  /** Where it begins if it is not stored yet; resolved once. Default: `"beginning"`. */
  readonly startFrom?: StartFrom | undefined;
  /**
   * The number of partitions, from 1 to 1,024: as many nodes can work on it at once. Once it is stored, the stored number counts.
   * Default: 1, which is total order. A subscription to a stream has one.
   */
  readonly partitions?: number | undefined;
  /**
   * Computes the key of an event; events with the same key are handled in order. It must be pure. Default: by stream. A subscription
   * that is stored already cannot get a different function, unless it also gets another name.
   */
  readonly partitionBy?: ((event: StoredEvent<TEvents>) => string) | undefined;
  /**
   * How many keys (streams) of a partition are handled at once, each in its order, from 1 to 1,024; for `handleEvent` only.
   * Default: 1, which handles all events of a partition in order.
   */
  readonly concurrency?: number | undefined;
  /**
   * The most events that `handleBatch` is given at once, from 1 to 10,000; a few more where one stored event is read as several, which
   * stay together. Default: 100.
   */
  readonly batchSize?: number | undefined;
  /** Default: ten retries over about two minutes, then the partition pauses. */
  readonly onFailure?: FailurePolicy | undefined;
  /** The most parked events of a partition, from 0 to 1,000,000; with more it pauses. Default: 1,000. */
  readonly parkAtMost?: number | undefined;
  /**
   * After how many milliseconds a call of `handleEvent` or `handleBatch` counts as failed: its `signal` is aborted, and nobody waits
   * for it to end. Default: never.
   */
  readonly handlerTimeoutMs?: number | undefined;
  /**
   * Says whether this node can handle events now, such as whether it reaches what the handler needs: it cannot when this throws, rejects,
   * returns `false`, or does not answer within the broker's `leaseMs`, after which `signal` is aborted. It is asked with every beat, three
   * times per `leaseMs`; while it cannot, the node finishes what it has in hand and lets other nodes have its partitions. Default: it can.
   */
  readonly checkHealth?: ((context: { readonly signal: AbortSignal }) => unknown) | undefined;
  readonly checkpoint?: CheckpointOptions | undefined;
  /**
   * The event storage adapter for transactions that are committed together with the checkpoint: `context.transaction()` gives them to
   * `handleEvent` and `handleBatch`, and `context.publish` stores events in them. The broker's processing storage must share its
   * database (`shareWith`). The events of a partition are then handled one after the other: `concurrency` is 1. Default: none.
   */
  readonly transactions?: Transactional<TTransaction> | undefined;
}

/** The definition of a subscription, with exactly one of `handleEvent`, `handleBatch` and `process`. */
export type SubscriptionDefinition<TEvents extends object, TTransaction extends object = never> = SubscriptionOptions<
  TEvents,
  TTransaction
> &
  EventHandler<TEvents, TTransaction>;

/**
 * Which events are wanted, what is done with them, and what happens when that fails. Made by {@link subscription} or
 * `projectionSubscription`, which check the types of handler and source against each other, so that no other code needs them.
 */
export interface Subscription {
  readonly kind: "subscription";
  readonly name: string;
  readonly source: SubscribableSource;
  readonly constraints: readonly SourceConstraint[];
  readonly startFrom: StartFrom;
  readonly partitions: number;
  /** How its events are assigned to partitions, as it is stored. */
  readonly partitioning: "stream/sha256-1" | "custom/sha256-1" | "key/sha256-1";
  /** Computes the key of an event, if that is not its stream. */
  partitionBy?(event: StoredEvent): string;
  readonly concurrency: number;
  readonly batchSize: number;
  readonly onFailure: FailurePolicy;
  readonly parkAtMost: number;
  readonly handlerTimeoutMs: number | undefined;
  /** Says whether the node can handle events now. */
  checkHealth?(context: { readonly signal: AbortSignal }): unknown;
  readonly checkpoint: { readonly everyEvents: number; readonly everyMs: number };
  /** Runs the transactions in which its checkpoints are stored; `undefined` if they are saved without one. */
  readonly transactions: Transactional | undefined;
  readonly handler: EventHandler<AnyEvents, object> | FoldingHandler;
}

const DAY_MS = 86_400_000;

const DEFINITION = memberNames<
  SubscriptionOptions<AnyEvents, object> & {
    readonly handleEvent: unknown;
    readonly handleBatch: unknown;
    readonly process: unknown;
    /** A process manager of `@eventfold/commands` is the definition of a subscription, and has this for tests. */
    readonly commandsAfter: unknown;
  }
>({
  name: true,
  source: true,
  constraints: true,
  startFrom: true,
  partitions: true,
  partitionBy: true,
  concurrency: true,
  batchSize: true,
  onFailure: true,
  parkAtMost: true,
  handlerTimeoutMs: true,
  checkHealth: true,
  checkpoint: true,
  transactions: true,
  handleEvent: true,
  handleBatch: true,
  process: true,
  commandsAfter: true,
});

const CHECKPOINT = memberNames<CheckpointOptions>({ everyEvents: true, everyMs: true });

/**
 * Makes a subscription: a value that does nothing until it is given to a broker. Handlers see the events of the source, with the
 * types of its table.
 *
 * Every event is handled at least once, the events of a stream in order. If a process dies, everything since the last checkpoint is
 * handled again.
 *
 * @throws `TypeError` or `RangeError` when an option is not valid, or there is no such option: more than one partition for a stream, `concurrency` or
 * `batchSize` with a handler for which it is not meant, no handler or two.
 *
 * @example
 * ```ts
 * const mails = subscription({
 *   name: "welcome-mails",
 *   source: store.category<UserEvents>("users"),
 *   constraints: [nameIn("user-registered")],
 *   partitions: 8,
 *   handleEvent: async (event, { signal }) => mailer.send(event.payload.email, { signal }),
 *   onFailure: retry({ times: 10 }).then("park-stream"),
 * });
 * ```
 */
export function subscription<TEvents extends object = AnyEvents, TTransaction extends object = never>(
  definition: SubscriptionDefinition<TEvents, TTransaction>,
): Subscription;
export function subscription(definition: SubscriptionDefinition<AnyEvents, object>): Subscription {
  withKnownMembers("The definition of a subscription", definition, DEFINITION);
  checkSource(definition.source);
  checkHandler(definition);
  return Object.freeze({
    kind: "subscription",
    name: checkedProcessingName("subscription", definition.name),
    source: definition.source,
    constraints: checkedConstraints(definition.constraints ?? []),
    startFrom: checkedStartFrom(definition.startFrom ?? "beginning"),
    ...partitioningOf(definition),
    ...paceOf(definition),
    onFailure: checkedFailurePolicy(definition.onFailure ?? DEFAULT_FAILURE_POLICY),
    parkAtMost: checkedInteger("parkAtMost", definition.parkAtMost ?? 1_000, { from: 0, to: 1_000_000 }),
    handlerTimeoutMs:
      definition.handlerTimeoutMs === undefined
        ? undefined
        : checkedInteger("handlerTimeoutMs", definition.handlerTimeoutMs, { from: 1, to: DAY_MS }),
    ...checkedHealth(definition),
    checkpoint: checkedCheckpoint(definition.checkpoint ?? {}),
    transactions: transactionsOf(definition),
    handler: definition,
  });
}

function checkedHealth({ checkHealth }: SubscriptionDefinition<AnyEvents, object>): Pick<Subscription, "checkHealth"> {
  if (checkHealth === undefined) return {};
  if (typeof checkHealth === "function") return { checkHealth };
  throw new TypeError("checkHealth must be a function that says whether the node can handle events.");
}

function partitioningOf({ source, partitions = 1, partitionBy }: SubscriptionDefinition<AnyEvents, object>) {
  checkedInteger("partitions", partitions, { from: 1, to: 1_024 });
  if (partitions > 1 && source.identifier.kind === "stream") {
    throw new RangeError(`A stream is in order, so a subscription to one must have one partition, got ${partitions}.`);
  }
  if (partitionBy === undefined) return { partitions, partitioning: "stream/sha256-1" } as const;
  if (typeof partitionBy !== "function")
    throw new TypeError("partitionBy must be a function that returns the key of an event.");
  return { partitions, partitioning: "custom/sha256-1", partitionBy } as const;
}

function paceOf(definition: SubscriptionDefinition<AnyEvents, object>) {
  const { concurrency = 1, batchSize, handleEvent, handleBatch } = definition;
  checkedInteger("concurrency", concurrency, { from: 1, to: 1_024 });
  if (concurrency > 1 && handleEvent === undefined)
    throw new TypeError("concurrency can only be used with handleEvent.");
  if (batchSize !== undefined && handleBatch === undefined)
    throw new TypeError("batchSize can only be used with handleBatch.");
  return { concurrency, batchSize: checkedInteger("batchSize", batchSize ?? 100, { from: 1, to: 10_000 }) };
}

function transactionsOf(definition: SubscriptionDefinition<AnyEvents, object>): Transactional | undefined {
  const { transactions, concurrency = 1, process } = definition;
  if (transactions === undefined) return undefined;
  checkTransactional(transactions);
  if (process !== undefined) throw new TypeError("transactions can only be used with handleEvent and handleBatch.");
  if (concurrency === 1) return transactions;
  throw new RangeError(
    `With transactions the events of a partition are handled one after the other, but concurrency is ${concurrency}. Use more partitions instead.`,
  );
}

function checkedConstraints(constraints: readonly SourceConstraint[]): readonly SourceConstraint[] {
  const isList = Array.isArray(constraints) && constraints.every((constraint) => typeof constraint?.kind === "string");
  if (isList) return Object.freeze([...constraints]);
  throw new TypeError("The constraints of a subscription must be an array of constraints, such as nameIn(…).");
}

function checkedCheckpoint(options: CheckpointOptions): Subscription["checkpoint"] {
  const { everyEvents = 10_000, everyMs = 100 } = withKnownMembers(
    "The checkpoint of a subscription",
    options,
    CHECKPOINT,
  );
  return Object.freeze({
    everyEvents: checkedInteger("checkpoint.everyEvents", everyEvents, { from: 1, to: 10_000 }),
    everyMs: checkedInteger("checkpoint.everyMs", everyMs, { from: 1, to: DAY_MS }),
  });
}

/** @throws `TypeError` when it was made by neither {@link subscription} nor `projectionSubscription`. */
export function checkSubscription(value: Subscription): void {
  if (value?.kind !== "subscription")
    throw new TypeError("Subscriptions must be made by subscription({ … }) or projectionSubscription({ … }).");
}
