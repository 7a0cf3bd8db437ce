import { memberNames, withKnownMembers } from "@eventfold/store/adapter";
import { callAside, guardedLogger, type Logger, type StoredEventOf } from "@eventfold/types";
import { BrokerStoppedError } from "../errors/broker-stopped-error.ts";
import { ProcessingNode } from "../node/processing-node.ts";
import { type SubscriptionPlace, SubscriptionWork } from "../node/subscription-work.ts";
import type { ProcessingStorageAdapter } from "../storage/processing-storage-adapter.ts";
import { checkedInteger } from "../subscription/checked-integer.ts";
import { newestNumberOf } from "../subscription/newest-number.ts";
import { checkedProcessingName } from "../subscription/processing-name.ts";
import { checkSubscription, type Subscription } from "../subscription/subscription.ts";
import { Changes } from "../work/changes.ts";
import { CheckpointSaver } from "../work/checkpoint-saver.ts";
import { LaneTransactions } from "../work/lane-transactions.ts";
import { type BrokerHealth, healthOf } from "./broker-health.ts";
import { type BrokerStatus, reportOf } from "./broker-status.ts";
import { combinedStatus, type ProcessingState } from "./processing-state.ts";
import { registerSubscriptions } from "./registration.ts";
import { type StopOptions, stopTimeMs } from "./stop-options.ts";
import { areReached, mayBeReached, type Targets, targetsOf } from "./targets.ts";
import { type WaitOptions, waitUntil } from "./waiting.ts";

/** Where something went wrong that a broker goes on after. */
export interface BrokerErrorContext extends Partial<SubscriptionPlace> {
  /** What was going on, and what comes now. */
  readonly message: string;
}

/** How a broker is made. */
export interface EventBrokerOptions {
  /**
   * The name of the node, which it keeps over restarts; of all that run at the same time it is the only one of that name. At most 512
   * code points, without control characters.
   */
  readonly name: string;
  /** Where leases and checkpoints are stored: an adapter that was opened. The broker never closes it. */
  readonly storage: ProcessingStorageAdapter;
  /** What the node has handlers for: at least one, with distinct names. */
  readonly subscriptions: readonly Subscription[];
  /**
   * After how long without a sign of life others take over what the node holds, in milliseconds, from 100 to 3,600,000. It beats
   * three times as often. Default: 10,000.
   */
  readonly leaseMs?: number | undefined;
  /** Is told of every failure after which the broker goes on: of handlers, sources and the storage. What it throws is dropped. */
  readonly onError?: ((error: unknown, context: BrokerErrorContext) => void) | undefined;
  /** Is told the same; `console` will do. Default: nobody, so without it and `onError` no failure of a handler is printed. */
  readonly logger?: Logger | undefined;
}

const OPTIONS = memberNames<EventBrokerOptions>({
  name: true,
  storage: true,
  subscriptions: true,
  leaseMs: true,
  onError: true,
  logger: true,
});

/**
 * Works on subscriptions, alone or together with brokers of other processes on the same storage: each partition is worked on by one
 * of them at a time. It starts once.
 *
 * @example
 * ```ts
 * const broker = new EventBroker({ name: "worker-1", storage: processingAdapter, subscriptions: [mails], logger: console });
 * await broker.start();
 * process.once("SIGTERM", () => broker.stop({ timeoutMs: 10_000 }));
 * await broker.done;
 * ```
 */
export class EventBroker {
  readonly #options: EventBrokerOptions;
  readonly #leaseMs: number;
  readonly #logger: Logger;
  readonly #progress = new Changes();
  readonly #ended = Promise.withResolvers<void>();
  #works: readonly SubscriptionWork[] = [];
  #node: ProcessingNode | undefined;
  #state: ProcessingState = "waiting";
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  /** @throws `TypeError` or `RangeError` when an option is not what it should be, or two subscriptions have the same name. */
  constructor(options: EventBrokerOptions) {
    const given = withKnownMembers("The options of a broker", options, OPTIONS);
    const { name, storage, subscriptions, leaseMs = 10_000, logger } = given;
    checkedProcessingName("broker", name);
    if (typeof storage?.storage?.beat !== "function" || typeof storage.onChange !== "function") {
      throw new TypeError("A broker needs an open adapter for processing storage.");
    }
    checkSubscriptions(subscriptions);
    this.#leaseMs = checkedInteger("leaseMs", leaseMs, { from: 100, to: 3_600_000 });
    this.#options = options;
    this.#logger = guardedLogger(logger);
    this.#ended.promise.catch(() => {}); // nobody has to look at it
  }

  /** The name of the node. */
  get name(): string {
    return this.#options.name;
  }

  /**
   * Fulfils when the broker was stopped; rejects, after it has stopped by itself, with what it could not go on after: the storage is
   * closed, another node took its name (`NodeReplacedError`), a subscription was removed (`SubscriptionRemovedError`), or a handler failed
   * whose policy says `"stop"`. It is never an unhandled rejection.
   */
  get done(): Promise<void> {
    return this.#ended.promise;
  }

  /**
   * Stores subscriptions that are not stored yet, begins a session and claims what is free. It fulfils when the node has begun; events
   * published from then on are handled whatever `startFrom` says.
   *
   * @throws `SubscriptionMismatchError` (`SUBSCRIPTION_MISMATCH`) when a name is stored with another source or partitioning.
   * @throws `TransactionsNotSharedError` (`TRANSACTIONS_NOT_SHARED`) when a subscription has `transactions` of a database that the
   * processing storage, or its projection store, does not share.
   * @throws `BrokerStoppedError` (`BROKER_STOPPED`) when it has been stopped.
   * @throws what the storage or a source rejects with, such as `StorageUnavailableError`. Nothing runs then, and it may be called again.
   */
  async start(): Promise<void> {
    if (this.#stopping !== undefined) throw new BrokerStoppedError({ node: this.#options.name });
    this.#starting ??= this.#start().catch((error: unknown) => {
      this.#starting = undefined;
      this.#state = "waiting";
      throw error;
    });
    return this.#starting;
  }

  /**
   * Lets handlers finish what they have in hand, saves how far they have come, and gives everything back at once. When the time is
   * over the signals of handlers are aborted, and what is not done then is handled again by others. Idempotent; it never rejects.
   */
  async stop(options: StopOptions = {}): Promise<void> {
    this.#stopping ??= this.#stop(stopTimeMs(options));
    return this.#stopping;
  }

  /** How the broker is now, with its subscriptions and their partitions. No I/O: it says what this node knows. */
  status(): BrokerStatus {
    const subscriptions = this.#works.map((work) => reportOf(work, this.#node?.sessions ?? []));
    const states = subscriptions.map(({ state }) => state);
    const { name } = this.#options;
    return { name, state: this.#state === "live" ? combinedStatus(states) : this.#state, subscriptions };
  }

  /**
   * Whether the broker can do its work now, and on which subscriptions, for an endpoint that tells whether a process is ready. No I/O. A
   * handler that fails and is tried again, and a partition that is behind, are no problem of health.
   */
  health(): BrokerHealth {
    const subscriptions = this.#works.map(healthOf);
    const problem = this.#problem;
    const isHealthy = problem === undefined && subscriptions.every((subscription) => subscription.isHealthy);
    return { name: this.#options.name, isHealthy, problem, subscriptions };
  }

  /**
   * Waits until events that were published are done: handled, parked or skipped, by whatever node. It looks at the storage, and at
   * what this node has done and not saved yet. Events that the constraints leave out count once they were passed over.
   *
   * @param to a subscription that the broker has, another one of the same name, or the name.
   * @throws `PartitionPausedError` (`PARTITION_PAUSED`) when a partition is paused before one of them, and was not asked to resume.
   * @throws `WaitTimedOutError` (`WAIT_TIMED_OUT`) when `timeoutMs` is over; the signal's reason.
   * @throws `RangeError` for a subscription that the broker does not have; `BrokerStoppedError` (`BROKER_STOPPED`).
   */
  async whenHandled(
    to: Subscription | string,
    events: readonly StoredEventOf<string, unknown>[],
    options?: WaitOptions,
  ): Promise<void> {
    const work = this.#workOf(to);
    await this.#wait(work, (partitions) => targetsOf(events, { partitions, hashes: work.hashes }), options);
  }

  /**
   * Waits until everything is done that was published before the call, in all partitions, by whatever node.
   *
   * @throws as {@link EventBroker.whenHandled}; what the source rejects with.
   */
  async whenCaughtUp(to: Subscription | string, options?: WaitOptions): Promise<void> {
    const work = this.#workOf(to);
    const latest = await newestNumberOf(work.subscription.source);
    const all = (partitions: number) => new Map(Array.from({ length: partitions }, (_, n) => [n, latest] as const));
    await this.#wait(work, all, options);
  }

  async #start(): Promise<void> {
    const { name, storage: adapter, subscriptions } = this.#options;
    this.#state = "starting";
    const { storage } = adapter;
    const transactions = new LaneTransactions({ adapter, leaseMs: this.#leaseMs });
    for (const subscription of subscriptions) await transactions.verify(subscription);
    const registered = await registerSubscriptions(subscriptions, { storage, logger: this.#logger });
    const saver = new CheckpointSaver(storage);
    this.#works = subscriptions.flatMap((subscription, index) => {
      const row = registered[index];
      return row === undefined
        ? []
        : new SubscriptionWork({
            node: name,
            leaseMs: this.#leaseMs,
            subscription,
            registered: row,
            storage,
            saver,
            transactions,
            progress: this.#progress,
            isCurrent: () => this.#node?.isCurrent ?? false,
            wakeNode: () => this.#node?.wake(),
            tell: (error, message, place) => this.#tell(error, message, place),
            fail: (error) => this.#fail(error),
          });
    });
    this.#node = new ProcessingNode({
      adapter,
      name,
      leaseMs: this.#leaseMs,
      works: this.#works,
      logger: this.#logger,
      tell: (error, message, place) => this.#tell(error, message, place),
      onFatal: (error) => this.#fail(error),
    });
    await this.#node.start();
    if (this.#stopping === undefined) this.#state = "live";
  }

  async #stop(timeoutMs: number): Promise<void> {
    this.#state = "stopping";
    await this.#starting?.catch(() => {});
    this.#state = "stopping";
    await this.#node?.stop(AbortSignal.timeout(timeoutMs));
    this.#state = "stopped";
    this.#progress.notify();
    if (this.#failure === undefined) this.#ended.resolve();
    else this.#ended.reject(this.#failure.error);
  }

  get #problem(): string | undefined {
    if (this.#state !== "live") return `The broker is ${this.#state === "waiting" ? "not started" : this.#state}.`;
    if (this.#node?.isCurrent) return undefined;
    return `The last sign of life that the storage took is older than ${this.#leaseMs} ms.`;
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#logger.error({ error }, "The broker cannot go on, and stops.");
    void this.stop();
  }

  #tell(error: unknown, message: string, place: Partial<SubscriptionPlace> = {}): void {
    this.#logger.warn({ error, ...place }, message);
    const { onError } = this.#options;
    if (onError !== undefined) callAside(() => onError(error, { message, ...place }));
  }

  #workOf(to: Subscription | string): SubscriptionWork {
    const name = typeof to === "string" ? to : to?.name;
    const work = this.#works.find(({ subscription }) => subscription.name === name);
    if (work !== undefined) return work;
    throw new RangeError(`The broker has not started with a subscription of the name ${JSON.stringify(name)}.`);
  }

  async #wait(work: SubscriptionWork, targets: Targets, { timeoutMs, signal }: WaitOptions = {}): Promise<void> {
    const { name } = work.subscription;
    const { lanes } = work;
    await waitUntil({
      timeoutMs,
      signal,
      subscription: name,
      progress: this.#progress,
      mayHold: () => {
        if (this.#state === "stopped") throw new BrokerStoppedError({ node: this.#options.name });
        return mayBeReached(lanes, targets);
      },
      holds: async () => {
        const { subscriptions } = await this.#options.storage.storage.status({ names: [name] });
        return areReached(subscriptions[0] ?? { name, status: [] }, { targets, lanes });
      },
    });
  }
}

function checkSubscriptions(subscriptions: readonly Subscription[]): void {
  if (!Array.isArray(subscriptions) || subscriptions.length === 0) {
    throw new RangeError("A broker must be given at least one subscription.");
  }
  const names = new Set<string>();
  for (const subscription of subscriptions) {
    checkSubscription(subscription);
    if (names.has(subscription.name)) {
      throw new RangeError(
        `Two subscriptions have the name ${JSON.stringify(subscription.name)}; names must differ, because subscriptions are stored by name.`,
      );
    }
    names.add(subscription.name);
  }
}
