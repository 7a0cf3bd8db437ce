import { setTimeout as delay } from "node:timers/promises";
import type { ProjectionStore, ProjectorSource, UnhandledEventPolicy } from "@eventfold/projections";
import { newEventId } from "@eventfold/store";
import { EventBroker, type EventBrokerOptions } from "../broker/event-broker.ts";
import type { ProcessingStorageAdapter } from "../storage/processing-storage-adapter.ts";
import { newestNumberOf } from "../subscription/newest-number.ts";
import type { Subscription } from "../subscription/subscription.ts";
import { clearOlderVersions } from "./clear-older-versions.ts";
import {
  type FollowableSource,
  type ProjectionSubscriptionDefinition,
  type UntypedDefinition,
  untypedProjectionSubscription,
} from "./projection-subscription.ts";

/** How far a rebuild has come. */
export interface RebuildProgress {
  /** Every event up to this sequence number is folded in. */
  readonly upTo: number;
  /** The sequence number of the newest event when that was last looked up. */
  readonly target: number;
}

/** The result of a rebuild. */
export interface Rebuilt {
  /** The version that readers see now: the one that was rebuilt, unless a newer one had been activated. */
  readonly activeVersion: number;
  /** How many projections of older versions were deleted. */
  readonly cleared: number;
}

/** How projections are rebuilt, besides their projector, source and store. */
export interface RebuildOptions extends Pick<EventBrokerOptions, "storage" | "leaseMs" | "onError" | "logger"> {
  /**
   * Whether projections of older versions are deleted once readers see the new one, and their subscriptions removed. A node that has
   * such a version again starts at the beginning of the source. Default: `false`.
   */
  readonly clearOlder?: boolean | undefined;
  /** Is called now and then, and at the end. An error that it throws ends the rebuild; another call of `rebuild` goes on from there. */
  readonly onProgress?: ((progress: RebuildProgress) => void) | undefined;
  /** Ends the rebuild, which rejects with the signal's reason. Another call of `rebuild` goes on from there. */
  readonly signal?: AbortSignal | undefined;
}

/** How often progress is reported, in milliseconds. */
const PROGRESS_MS = 500;

/** It has caught up when no more events than this were published while it did. */
const FEW_EVENTS = 1_000;

/**
 * Builds the projections of a projector's version from the first event on, while other versions stay as they are, and activates them
 * when they have caught up. Readers see the complete old version until then, and the complete new one from then on.
 *
 * It works as a node, and shares the work with all nodes that rebuild this version too or have its {@link projectionSubscription} in a
 * broker. Nodes that have another version go on with that one. After an interruption, by `signal` or by the end of its process,
 * another call goes on from the checkpoints; when everything is done, another call does nothing.
 *
 * Afterwards, brokers that have the subscription of this version must keep the projections up to date. A version older than the
 * active one is not activated; to go back to one, call `ProjectionStore.activate`.
 *
 * @throws `PartitionPausedError` (`PARTITION_PAUSED`) when an event cannot be folded; nothing is activated.
 * @throws `OlderVersionBusyError` (`OLDER_VERSION_BUSY`) when older versions are to be cleared and nodes still work on one. The new one is
 * then active, and another call clears the others.
 * @throws the errors of {@link projectionSubscription} and `EventBroker.start`; the signal's reason.
 *
 * @example
 * ```ts
 * await rebuild({
 *   projector: accountProjector,
 *   source: store.category<AccountEvents>("accounts"),
 *   projectionStore,
 *   storage: processingAdapter,
 *   partitions: 8,
 *   onProgress: ({ upTo, target }) => console.log(`${upTo} of ${target}`),
 * });
 * ```
 */
export function rebuild<
  TState,
  TEvents extends object,
  TMetadata,
  TSource extends ProjectorSource,
  TUnhandled extends UnhandledEventPolicy,
  TGiven extends FollowableSource,
>(
  options: RebuildOptions & ProjectionSubscriptionDefinition<TState, TEvents, TMetadata, TSource, TUnhandled, TGiven>,
): Promise<Rebuilt>;
export async function rebuild(options: RebuildOptions & UntypedDefinition): Promise<Rebuilt> {
  const { projector, projectionStore, storage, clearOlder = false } = options;
  await catchUp(untypedProjectionSubscription(options), options);
  options.signal?.throwIfAborted();
  const activeVersion = await activateNewer(projectionStore, projector);
  const cleared = clearOlder ? await clearOlderVersions({ storage, projectionStore, projector, activeVersion }) : 0;
  return { activeVersion, cleared };
}

/** Works as one node until everything is folded in, except for what was published at the very end. */
async function catchUp(subscription: Subscription, options: RebuildOptions): Promise<void> {
  const { storage, leaseMs, onError, logger, signal } = options;
  signal?.throwIfAborted();
  const name = `rebuild/${newEventId()}`;
  const broker = new EventBroker({ name, storage, subscriptions: [subscription], leaseMs, onError, logger });
  try {
    await broker.start();
    await Promise.race([foldNearlyAll(broker, subscription, options), broker.done]);
  } finally {
    await broker.stop();
  }
  await broker.done;
}

async function foldNearlyAll(
  broker: EventBroker,
  subscription: Subscription,
  { storage, signal, onProgress = () => {} }: RebuildOptions,
): Promise<void> {
  const { source } = subscription;
  for (let target = await newestNumberOf(source), isNear = false; !isNear; ) {
    const caughtUp = broker.whenCaughtUp(subscription, { signal });
    while (!(await isOverIn(caughtUp, PROGRESS_MS))) onProgress({ upTo: await upToOf(subscription, storage), target });
    onProgress({ upTo: target, target });
    const newest = await newestNumberOf(source);
    isNear = newest - target <= FEW_EVENTS;
    target = newest;
  }
}

async function isOverIn(waiting: Promise<void>, ms: number): Promise<boolean> {
  const end = new AbortController();
  try {
    return await Promise.race([waiting.then(() => true), delay(ms, false, { signal: end.signal })]);
  } finally {
    end.abort();
  }
}

/** The stored sequence number up to which all partitions are done. */
async function upToOf({ name }: Subscription, { storage }: ProcessingStorageAdapter): Promise<number> {
  const { subscriptions } = await storage.status({ names: [name] });
  const checkpoints = subscriptions.flatMap(({ status }) => status.map(({ checkpoint }) => checkpoint.sequenceNumber));
  return Math.min(...checkpoints);
}

/** @returns the version that is active afterwards: this one, or a newer one that was active already. */
async function activateNewer(
  projectionStore: ProjectionStore,
  { name, version }: UntypedDefinition["projector"],
): Promise<number> {
  const active = await projectionStore.activeVersion(name);
  if (active !== undefined && active >= version) return active;
  const before = await projectionStore.activate({ name, projectorVersion: version });
  if (before === undefined || before <= version) return version;
  await projectionStore.activate({ name, projectorVersion: before }); // which was activated just now by another rebuild
  return before;
}
