import { newEventId } from "@eventfold/store";
import { memberNames, withKnownMembers } from "@eventfold/store/adapter";
import type { StoredEventOf } from "@eventfold/types";
import type { ParkedEvent, ParkedKey, ParkedSelection } from "../storage/parked-event.ts";
import type { PartitionRequest, RequestOutcome } from "../storage/partition-request.ts";
import type { ProcessingStatus, SubscriptionStatus } from "../storage/processing-status.ts";
import type { ProcessingStorageAdapter } from "../storage/processing-storage-adapter.ts";
import type { RepartitionOutcome } from "../storage/repartition.ts";
import { checkedInteger } from "../subscription/checked-integer.ts";
import { hashesFor, PartitionHashes } from "../subscription/partition-hash.ts";
import { checkSubscription, type Subscription } from "../subscription/subscription.ts";
import { askedPartitions, type ControlOptions, checkedSelection } from "./control-input.ts";
import { measureLag, type SubscriptionLag } from "./lag.ts";
import { removeSubscription } from "./remove-subscription.ts";
import { areReached, targetsOf } from "./targets.ts";
import { type WaitOptions, waitUntil } from "./waiting.ts";

/** How a subscription is removed, and how long its nodes are waited for. */
export interface RemoveOptions extends WaitOptions {
  /** Whether its parked events are removed too, so that nobody handles them. Default: `false`. */
  readonly withParked?: boolean | undefined;
}

const REMOVE_OPTIONS = memberNames<RemoveOptions>({ withParked: true, timeoutMs: true, signal: true });

/** From where on a partition works after a reset: from the beginning, or after the event of a number. */
export type ResetTo =
  | "beginning"
  | {
      /** Everything up to this number counts as done; 0 or more. */
      readonly sequenceNumber: number;
      /** The id of the event of that number, by which a log that is another one is found out. */
      readonly eventId?: string | undefined;
    };

const PAGE_SIZE = 100;

/**
 * Asks subscriptions to do something, from any process: it needs no handlers. What is asked of a partition that a node holds is
 * carried out by that node between two events; it waits for handlers at work. What is asked of a free one is done at once, but for a replay,
 * which needs a handler. So the calls return before they took effect, where they return `waiting`: {@link ProcessingControl.whenCarriedOut}
 * waits for it.
 *
 * Subscriptions are named. A name that is not stored, and a partition that a subscription does not have, is a `RangeError`, except where a
 * call waits for events; a misspelt option is a `TypeError`. The storage's errors are passed on.
 *
 * @example
 * ```ts
 * const control = new ProcessingControl({ storage });
 * for await (const { sequenceNumber, error } of control.parked("welcome-mails")) console.log(sequenceNumber, error);
 * await control.replay("welcome-mails");
 * await control.whenCarriedOut("welcome-mails", { timeoutMs: 60_000 });
 * ```
 */
export class ProcessingControl {
  readonly #adapter: ProcessingStorageAdapter;
  readonly #storage: ProcessingStorageAdapter["storage"];

  /** @throws `TypeError` without an adapter that was opened. */
  constructor({ storage }: { readonly storage: ProcessingStorageAdapter }) {
    if (typeof storage?.storage?.request !== "function") {
      throw new TypeError("A ProcessingControl needs an open adapter for processing storage.");
    }
    this.#adapter = storage;
    this.#storage = storage.storage;
  }

  /**
   * All that is stored, of these subscriptions or of all, and every living session.
   *
   * @throws `TypeError` for what is no list of names.
   */
  async status(names?: readonly string[]): Promise<ProcessingStatus> {
    if (names !== undefined && !(Array.isArray(names) && names.every((name) => typeof name === "string"))) {
      throw new TypeError('The status is asked for a list of names of subscriptions, such as ["mails"], or for all.');
    }
    return this.#storage.status({ names });
  }

  /**
   * How far a subscription is behind its source. It reads what is still to be handled, at most 10,000 events; where partitions are apart also
   * what lies between their checkpoints.
   *
   * @throws what the source rejects with; what `partitionBy` throws.
   *
   * @example
   * ```ts
   * const { partitions } = await control.lag(mails);
   * const oldestMs = Math.max(0, ...partitions.map((partition) => partition.oldestMs ?? 0));
   * ```
   */
  async lag(subscription: Subscription): Promise<SubscriptionLag> {
    checkSubscription(subscription);
    const { status } = await this.#stored(subscription.name);
    return measureLag(subscription, status);
  }

  /**
   * Waits until events that were published are done: handled, parked or skipped, by whatever node. It looks at the storage alone, where
   * checkpoints come a little later: `EventBroker.whenHandled` of a node that handles them itself is faster. It looks at most every 10 ms, and
   * ever more rarely, up to every 250 ms. A subscription that is not stored yet is waited for, until a broker has started with it.
   *
   * @param to the subscription; its name is enough unless it has a `partitionBy`, or folds by keys.
   * @throws `PartitionPausedError` (`PARTITION_PAUSED`) when a partition is paused before one of them, and was not asked to resume.
   * @throws `WaitTimedOutError` (`WAIT_TIMED_OUT`) when `timeoutMs` is over; the signal's reason.
   *
   * @example
   * ```ts
   * await control.whenHandled("welcome-mails", published, { timeoutMs: 5_000 });
   * ```
   */
  async whenHandled(
    to: Subscription | string,
    events: readonly StoredEventOf<string, unknown>[],
    { timeoutMs, signal }: WaitOptions = {},
  ): Promise<void> {
    if (typeof to !== "string") checkSubscription(to);
    const name = typeof to === "string" ? to : to.name;
    let hashes: PartitionHashes | undefined;
    const holds = async () => {
      const stored = await this.#find(name);
      if (stored === undefined) return false;
      const known = hashes ?? hashesOf(to, stored.partitioning);
      hashes = known;
      return areReached(stored, { targets: (partitions) => targetsOf(events, { partitions, hashes: known }) });
    };
    await waitUntil({ timeoutMs, signal, subscription: name, holds });
  }

  /**
   * Waits until everything is carried out that a subscription was asked before the call: by this `ProcessingControl` or another one, its
   * repartition too. A replay waits until a node has the partition, and so forever where none has a handler.
   *
   * @throws `WaitTimedOutError` (`WAIT_TIMED_OUT`) when `timeoutMs` is over; what was asked goes on waiting. The signal's reason.
   *
   * @example
   * ```ts
   * await control.pause("welcome-mails");
   * await control.whenCarriedOut("welcome-mails", { timeoutMs: 30_000 }); // from here on no handler is at work
   * ```
   */
  async whenCarriedOut(name: string, { timeoutMs, signal }: WaitOptions = {}): Promise<void> {
    const asked = openIn(await this.#stored(name));
    const holds = async () => openIn(await this.#stored(name)).every((id) => !asked.includes(id));
    await waitUntil({ timeoutMs, signal, subscription: name, holds });
  }

  /** Lets partitions handle nothing more, until they are resumed. Handlers may be at work until that is carried out. */
  async pause(name: string, options?: ControlOptions): Promise<readonly RequestOutcome[]> {
    return this.#ask(name, { kind: "pause" }, options);
  }

  /** Lets paused partitions go on; an event that failed in vain gets all its tries anew. */
  async resume(name: string, options?: ControlOptions): Promise<readonly RequestOutcome[]> {
    return this.#ask(name, { kind: "resume" }, options);
  }

  /**
   * Lets partitions go on from somewhere else: events before their checkpoints are handled again, those that are passed over are not.
   * What is parked stays parked.
   */
  async reset(name: string, to: ResetTo, options?: ControlOptions): Promise<readonly RequestOutcome[]> {
    const { sequenceNumber, eventId } = to === "beginning" ? { sequenceNumber: 0, eventId: undefined } : to;
    checkedInteger("sequenceNumber", sequenceNumber, { from: 0, to: Number.MAX_SAFE_INTEGER });
    return this.#ask(name, { kind: "reset", checkpoint: { sequenceNumber, eventId } }, options);
  }

  /**
   * Lets parked events be handled again, each once and in order; what fails again stays parked. Where a whole stream waits, what came
   * later of it is handled too. Meanwhile the partition handles nothing else.
   */
  async replay(
    name: string,
    parked: ParkedSelection = { kind: "all" },
    options?: ControlOptions,
  ): Promise<readonly RequestOutcome[]> {
    return this.#ask(name, { kind: "replay", parked: checkedSelection(parked) }, options);
  }

  /** Gives up parked events, which are handled by nobody. Later events of a stream that waited are handled from then on. */
  async drop(
    name: string,
    parked: ParkedSelection = { kind: "all" },
    options?: ControlOptions,
  ): Promise<readonly RequestOutcome[]> {
    return this.#ask(name, { kind: "drop", parked: checkedSelection(parked) }, options);
  }

  /**
   * Gives a subscription another number of partitions, from 1 to 1,024. Its partitions work up to the furthest of them first, so that no
   * event is handled twice; a paused one holds it up. {@link ProcessingControl.whenCarriedOut} waits for the new ones. Change the number in
   * the code as well.
   */
  async repartition(name: string, partitions: number): Promise<RepartitionOutcome> {
    checkedInteger("partitions", partitions, { from: 1, to: 1_024 });
    const { id: subscription } = await this.#stored(name);
    return this.#storage.repartition({ subscription, id: newEventId(), partitions });
  }

  /**
   * Removes a subscription that nobody runs any more, with everything that is stored of it: its partitions, their checkpoints, what they
   * were asked and have not done, and, `withParked`, its parked events. The events in the log, projections and locks stay. A node that is
   * given the subscription later stores it anew, and begins by its `startFrom`: from the beginning, by default, it handles everything again.
   *
   * Nodes that were killed are waited for as long as their leases last.
   *
   * @throws `SubscriptionBusyError` (`SUBSCRIPTION_BUSY`) when a node that has a handler for it is seen to beat.
   * @throws `ParkedEventsLeftError` (`PARKED_EVENTS_LEFT`) when events of it are parked, unless `withParked`.
   * @throws `WaitTimedOutError` (`WAIT_TIMED_OUT`) when `timeoutMs` is over; the signal's reason.
   *
   * @example
   * ```ts
   * await control.remove("welcome-mails-of-2024", { timeoutMs: 60_000 });
   * ```
   */
  async remove(name: string, options: RemoveOptions = {}): Promise<void> {
    const {
      withParked = false,
      timeoutMs,
      signal,
    } = withKnownMembers("The options of remove", options, REMOVE_OPTIONS);
    if (typeof withParked !== "boolean") throw new TypeError("withParked must be true or false.");
    const { id } = await this.#stored(name);
    await removeSubscription({ adapter: this.#adapter, name, id, withParked, timeoutMs, signal });
  }

  /** What is parked, of one stream or of all, in order of sequence number; paged beneath. */
  async *parked(
    name: string,
    of?: { readonly category: string; readonly stream: string },
  ): AsyncIterableIterator<ParkedEvent> {
    const { id: subscription } = await this.#stored(name);
    let after: ParkedKey | undefined;
    for (let isLast = false; !isLast; ) {
      const page = await this.#storage.listParked({ subscription, of, after, limit: PAGE_SIZE });
      yield* page;
      after = page.at(-1);
      isLast = page.length < PAGE_SIZE;
    }
  }

  async #ask(
    name: string,
    request: PartitionRequest,
    options: ControlOptions = {},
  ): Promise<readonly RequestOutcome[]> {
    const stored = await this.#stored(name);
    const partitions = askedPartitions(stored, options);
    const { id: subscription } = stored;
    return this.#storage.request({ subscription, id: newEventId(), partitions, request });
  }

  async #stored(name: string): Promise<SubscriptionStatus> {
    const stored = await this.#find(name);
    if (stored !== undefined) return stored;
    throw new RangeError(`No subscription with the name ${JSON.stringify(name)} is stored.`);
  }

  async #find(name: string): Promise<SubscriptionStatus | undefined> {
    const { subscriptions } = await this.#storage.status({ names: [name] });
    return subscriptions[0];
  }
}

/** The ids of what a subscription was asked and has not carried out. */
function openIn({ status, repartition }: SubscriptionStatus): readonly string[] {
  const requests = status.flatMap((partition) => partition.requests.map(({ id }) => id));
  return repartition === undefined ? requests : [...requests, repartition.id];
}

/** @throws `TypeError` when a name does not tell how events come to partitions. */
function hashesOf(to: Subscription | string, partitioning: string): PartitionHashes {
  if (typeof to !== "string") {
    checkSubscription(to);
    return hashesFor(to);
  }
  if (partitioning === "stream/sha256-1") return new PartitionHashes(undefined);
  throw new TypeError(
    `The subscription ${JSON.stringify(to)} is partitioned by ${partitioning}: give the subscription in place of its name, which knows the keys of events.`,
  );
}
