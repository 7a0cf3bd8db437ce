import type {
  AcceptedSource,
  KeyedProjector,
  ProjectableSource,
  ProjectionStore,
  Projector,
  ProjectorSource,
  UnhandledEventPolicy,
  WhereStorable,
} from "@eventfold/projections";
import { memberNames, withKnownMembers } from "@eventfold/store/adapter";
import type { SourceIdentifier, StoredEvent } from "@eventfold/types";
import { checkedFailurePolicy, DEFAULT_FAILURE_POLICY, type FailurePolicy } from "../failure/failure-policy.ts";
import { checkedInteger } from "../subscription/checked-integer.ts";
import type { FoldingHandler } from "../subscription/folding-handler.ts";
import { streamKeyOf } from "../subscription/partition-hash.ts";
import { checkedProcessingName } from "../subscription/processing-name.ts";
import { checkSource, type SubscribableSource } from "../subscription/subscribable-source.ts";
import type { Subscription } from "../subscription/subscription.ts";
import { checkTransactional, type Transactional } from "../subscription/transactional.ts";
import { keyedFold } from "./keyed-fold.ts";
import { PartitionFold } from "./partition-fold.ts";
import { sourceFold } from "./source-fold.ts";
import type { UntypedKeyedProjector, UntypedProjector } from "./untyped-projector.ts";

/** The sources that projections can be kept of: one of each stream needs no more than what the streams are in. */
type FoldedKind<TSource extends ProjectorSource> = TSource extends "stream" ? ProjectorSource : TSource;

/** A source that can be followed, whatever its events are. */
export interface FollowableSource extends ProjectableSource {
  /** Like `EventCategory.followPages`. */
  followPages(options?: never): AsyncIterable<unknown>;
  /** Like `EventCategory.horizon`. */
  horizon(): Promise<number>;
}

/** How a projection subscription is made, besides its projector and its source. */
export interface ProjectionSubscriptionOptions {
  /** Where its projections are stored. */
  readonly projectionStore: ProjectionStore;
  /**
   * The number of partitions, and so of nodes that can work on it, from 1 to 1,024. Once the subscription is stored, the stored number
   * counts. Default: 1. Several partitions need a projector with a `key`, or projections of streams whose ids are the names of the
   * streams.
   */
  readonly partitions?: number | undefined;
  /**
   * What happens when an event cannot be folded. Default: ten retries over about two minutes, then the partition pauses. A skipped event
   * is missing from its projection. Single events cannot be parked, because later ones would be folded before them; whole streams can,
   * where each has its own projection. While the projection storage cannot be reached, no event is to blame: the subscription waits,
   * however long that takes.
   */
  readonly onFailure?: FailurePolicy | undefined;
  /**
   * The open event storage adapter, where projections and processing both share its database. Projections and checkpoints are then
   * committed together, in one transaction per save, so that a node which has lost a partition stores nothing more of it. Ids that
   * come from the state and change need this. A broker checks at its start that the database is shared. Default: projections and checkpoints are stored separately, and an event that was folded
   * already is passed over.
   */
  readonly transactions?: Transactional | undefined;
}

/** What is folded from where to where. The source has no events but those that the projector is made for. */
export interface ProjectionSubscriptionDefinition<
  TState,
  TEvents extends object,
  TMetadata,
  TSource extends ProjectorSource,
  TUnhandled extends UnhandledEventPolicy,
  TGiven extends FollowableSource,
> extends ProjectionSubscriptionOptions {
  /** Its states must survive being stored: a state with a `Date` does not compile. */
  readonly projector: (
    | Projector<TState, TEvents, TMetadata, TSource, TUnhandled>
    | KeyedProjector<TState, TEvents, TMetadata, TSource, TUnhandled>
  ) &
    WhereStorable<TState, TMetadata, unknown>;
  /** What the projector reads: a stream, a category or the log; for a projector of streams what the streams are in, too. */
  readonly source: TGiven & AcceptedSource<TGiven, TEvents, FoldedKind<TSource>, TUnhandled>;
}

/** A definition without the types that the compiler has checked. */
export interface UntypedDefinition extends ProjectionSubscriptionOptions {
  readonly projector: UntypedProjector | UntypedKeyedProjector;
  readonly source: SubscribableSource & { readonly identifier: SourceIdentifier };
}

const DEFINITION = memberNames<UntypedDefinition>({
  projector: true,
  source: true,
  projectionStore: true,
  partitions: true,
  onFailure: true,
  transactions: true,
});

/** The kinds of sources that streams are in. */
const STORED: readonly string[] = ["stream", "category", "log"];

/** A projection that many events change is then saved once for many of them. */
const MOST_UNSAVED = 50_000;

/** For all partitions of a subscription together. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Keeps the projections of a projector up to date in the background: a subscription that folds each event onto the projections
 * that it concerns, and saves them. Give it to an `EventBroker` or to `consumeAll`, like any other subscription.
 *
 * Its name is the projector's name, `@` and the projector's version. So a new version has its own checkpoints, and begins with the
 * first event while the old one goes on: see {@link rebuild}. Any number of processes may have it. Whichever of them die or freeze,
 * each projection is exactly the fold of its source up to its `lastSequenceNumber`: an event that was folded already is passed over,
 * and a projection that others have changed meanwhile is read again.
 *
 * The `key` of the projector, or else the stream, decides to which partition an event belongs. There is only one partition when the
 * projector makes one projection, when ids come from the state, and when there is a `merge`. With several partitions an event must
 * have a single key: an event with more fails.
 *
 * While it catches up, projections stay in memory and are saved together: after at most 50,000 of them or 5 seconds. All partitions
 * of a node together keep about 64 MB. Once it has caught up it saves after each batch.
 *
 * @throws `RangeError` for several partitions where there can be only one.
 * @throws `TypeError` for an invalid projector, source or store; for a source of another kind; for a policy that parks where nothing
 * can be parked.
 *
 * @example
 * ```ts
 * const accounts = projectionSubscription({
 *   projector: accountProjector,
 *   source: store.category<AccountEvents>("accounts"),
 *   projectionStore,
 *   partitions: 8,
 * });
 * const broker = new EventBroker({ name: "worker-1", storage: processingAdapter, subscriptions: [accounts] });
 * ```
 */
export function projectionSubscription<
  TState,
  TEvents extends object,
  TMetadata,
  TSource extends ProjectorSource,
  TUnhandled extends UnhandledEventPolicy,
  TGiven extends FollowableSource,
>(options: ProjectionSubscriptionDefinition<TState, TEvents, TMetadata, TSource, TUnhandled, TGiven>): Subscription;
export function projectionSubscription(options: UntypedDefinition): Subscription {
  withKnownMembers("The definition of a projection subscription", options, DEFINITION);
  return untypedProjectionSubscription(options);
}

/** Like {@link projectionSubscription}, for definitions whose types the compiler has checked already. */
export function untypedProjectionSubscription(options: UntypedDefinition): Subscription {
  checkOptions(options);
  const { projector, source, partitions = 1, onFailure = DEFAULT_FAILURE_POLICY, transactions } = options;
  if (transactions !== undefined) checkTransactional(transactions);
  return Object.freeze({
    kind: "subscription",
    name: checkedProcessingName("subscription", `${projector.name}@${projector.version}`),
    source,
    constraints: [],
    startFrom: "beginning",
    partitions: checkedPartitions(projector, source.identifier, partitions),
    ...partitioningOf(projector),
    concurrency: 1,
    batchSize: 1,
    onFailure: checkedFailure(projector, onFailure),
    parkAtMost: 1_000,
    handlerTimeoutMs: undefined,
    checkpoint: { everyEvents: 10_000, everyMs: 1_000 },
    transactions,
    handler: handlerOf(options),
  });
}

function handlerOf({
  projector,
  source: { identifier: source },
  projectionStore: store,
}: UntypedDefinition): FoldingHandler {
  return {
    beginFold: ({ partitions }) => {
      const fold =
        projector.keysOf === undefined
          ? sourceFold(projector, { source, store })
          : keyedFold(projector, { source, store, partitions });
      return new PartitionFold({ fold, store, limits: { unsaved: MOST_UNSAVED, bytes: MOST_BYTES / partitions } });
    },
    checkTransaction: (transaction) => {
      store.within(transaction);
    },
  };
}

/** An event whose keys cannot be determined goes to the partition of its stream and fails there in the fold, as does one with several keys. */
function partitioningOf(projector: UntypedProjector | UntypedKeyedProjector) {
  if (projector.keysOf === undefined) return { partitioning: "stream/sha256-1" } as const;
  const partitionBy = (event: StoredEvent): string => {
    try {
      return projector.keysOf(event)[0] ?? streamKeyOf(event);
    } catch {
      return streamKeyOf(event);
    }
  };
  return { partitioning: "key/sha256-1", partitionBy } as const;
}

function checkOptions({ projector, source, projectionStore }: UntypedDefinition): void {
  if (typeof projector?.initial !== "function" || typeof foldOf(projector) !== "function") {
    throw new TypeError("A projection subscription needs a projector, made by projectorFor.");
  }
  if (typeof projectionStore?.saveMany !== "function" || typeof projectionStore.loadMany !== "function") {
    throw new TypeError("A projection subscription needs a ProjectionStore.");
  }
  checkSource(source);
  const { kind } = source.identifier;
  if (projector.source === kind || (isOfStreams(projector) && STORED.includes(kind))) return;
  throw new TypeError(`The projector ${JSON.stringify(projector.name)} reads a ${projector.source}, got a ${kind}.`);
}

function foldOf(projector: UntypedProjector | UntypedKeyedProjector): unknown {
  return projector.keysOf === undefined ? projector.apply : projector.applyMany;
}

function isOfStreams(projector: UntypedProjector | UntypedKeyedProjector): boolean {
  return projector.keysOf === undefined && projector.source === "stream";
}

function checkedPartitions(
  projector: UntypedProjector | UntypedKeyedProjector,
  source: SourceIdentifier,
  partitions: number,
): number {
  checkedInteger("partitions", partitions, { from: 1, to: 1_024 });
  const reason = partitions === 1 ? undefined : reasonForOne(projector, source);
  if (reason === undefined) return partitions;
  throw new RangeError(
    `A subscription with the projector ${JSON.stringify(projector.name)} must have one partition, got ${partitions}: ${reason}.`,
  );
}

/** Why there can be only one partition; `undefined` when there can be more. */
function reasonForOne(
  projector: UntypedProjector | UntypedKeyedProjector,
  source: SourceIdentifier,
): string | undefined {
  if (projector.keysOf !== undefined) return projector.merges ? "it merges projections of several keys" : undefined;
  if (source.kind === "stream") return "a stream is in order";
  if (projector.source !== "stream") return `it makes one projection of the whole ${projector.source}`;
  const anyStream = { kind: "stream", category: "any", stream: "any" } as const;
  if (projector.idOf(anyStream) === undefined)
    return "its ids come from the state, and two partitions could give the same one";
  return undefined;
}

function checkedFailure(projector: UntypedProjector | UntypedKeyedProjector, policy: FailurePolicy): FailurePolicy {
  const { afterwards } = checkedFailurePolicy(policy);
  const parks = afterwards === "park" || (afterwards === "park-stream" && !isOfStreams(projector));
  if (!parks) return policy;
  const others = isOfStreams(projector) ? '"pause", "park-stream", "skip" or "stop"' : '"pause", "skip" or "stop"';
  throw new TypeError(
    `Later events would be folded before a parked one is replayed, so none can be parked: after the retries must come ${others}, got ${JSON.stringify(afterwards)}.`,
  );
}
