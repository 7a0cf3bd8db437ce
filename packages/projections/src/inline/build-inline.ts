import { type EventStorageAdapter, EventStore, sequenceNumberAfter, type Transaction } from "@eventfold/store";
import { categoryIdentifier, logIdentifier, type StoredEvent } from "@eventfold/types";
import type { ProjectorIdentity } from "../projector/projector.ts";
import type { ProjectorSource } from "../projector/projector-definition.ts";
import type { WhereStorable } from "../projector/storable.ts";
import type { ProjectionStore } from "../store/projection-store.ts";
import { inlineProjection } from "./inline-projection.ts";
import {
  type InlineScope,
  type InlineTarget,
  projectedSource,
  scopeIn,
  type UntypedKeyedProjector,
} from "./inline-scope.ts";
import { MOST_MISSED_EVENTS, refuseAhead, saveFolded, startingPoint } from "./keyed-steps.ts";

/** How far a build has come. */
export interface InlineBuild {
  /** How many events it has read. */
  readonly eventsRead: number;
  /** Every event up to this sequence number is folded in. */
  readonly completeUpTo: number;
}

/** A projector with a `key`: a `KeyedProjector`. */
export type KeyedProjectorIdentity<TState, TMetadata, TSource extends ProjectorSource> = ProjectorIdentity<
  TState,
  TMetadata
> & { readonly source: TSource; readonly keysOf: (event: never) => readonly string[] };

/** What is built where. */
export type BuildInlineOptions<TSource extends ProjectorSource> = {
  /** The event adapter whose log is projected. */
  readonly adapter: EventStorageAdapter;
  /** Where the projections are stored: on an adapter that shares with the event adapter. */
  readonly store: ProjectionStore;
  /** Called after each batch that was committed. What it throws ends the build, which can be resumed. */
  readonly onProgress?: ((progress: InlineBuild) => void) | undefined;
  /** Ends it between two batches: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
} & (TSource extends "log" ? { readonly category?: never } : { readonly category: string });

/** More than a publish catches up on, so that no publish folds the same events meanwhile. */
const BATCH_SIZE = 2 * MOST_MISSED_EVENTS;

/**
 * Builds the inline projections of a projector with a `key` from events that were published before the projector was
 * added, or past it. Everything else may keep running: it works in batches of 2,000 events, each in its own
 * transaction, and holds back publishes only for the last, of 1,000 events or fewer. Events that processes without the
 * projection publish afterwards are folded by the next publish that has it.
 *
 * It goes on where an earlier build ended, does nothing when everything is complete, and two builds at once share the
 * work. It folds into what is stored; to start from scratch, `clear` the projector's version first.
 *
 * @returns how far the projections are complete, and how many events were read.
 * @throws `ProjectionAheadOfLogError` (`PROJECTION_AHEAD_OF_LOG`) when the log lacks events that were folded in.
 * @throws `TypeError` when the adapter has no transactions or too narrow an ordering guarantee, as `new EventStore` does.
 * @throws `NestedPublishError` (`NESTED_PUBLISH`) inside a transaction. What the projector throws comes through as it is.
 *
 * @example
 * ```ts
 * await buildInline(ownerProjector, { adapter, store: projectionStore, category: "accounts" });
 * ```
 */
export async function buildInline<TState, TMetadata, TSource extends ProjectorSource>(
  projector: KeyedProjectorIdentity<TState, TMetadata, TSource> & WhereStorable<TState, TMetadata, unknown>,
  options: BuildInlineOptions<TSource>,
): Promise<InlineBuild> {
  const { adapter, store, category, signal, onProgress } = options;
  if (typeof projector.keysOf !== "function") {
    throw new TypeError("Only projectors with a key are built: the others are brought up to date by every publish.");
  }
  const target: InlineTarget<UntypedKeyedProjector> = {
    projector: projector as unknown as UntypedKeyedProjector,
    store,
    source: projector.source === "log" ? logIdentifier() : categoryIdentifier(category as string),
  };
  refuseUnfit(adapter, { projector: target.projector, store, category });
  let eventsRead = 0;
  for (;;) {
    signal?.throwIfAborted();
    const batch = await runInTransaction(adapter, (transaction) => {
      const scope = scopeIn(target, { transaction, store: new EventStore({ adapter, transaction }) });
      return buildBatch(scope, transaction);
    });
    eventsRead += batch.eventsRead;
    const progress = { eventsRead, completeUpTo: batch.completeUpTo };
    if (batch.eventsRead > 0) onProgress?.(progress);
    if (batch.isLast) return progress;
  }
}

/** Refuses what an event store with the projection inline would refuse. */
function refuseUnfit(adapter: EventStorageAdapter, options: object): void {
  new EventStore({ adapter, inline: [inlineProjection(options as Parameters<typeof inlineProjection>[0])] });
}

function runInTransaction<T>(adapter: EventStorageAdapter, work: (transaction: Transaction) => Promise<T>): Promise<T> {
  return (adapter as Required<EventStorageAdapter>).transaction(work);
}

interface Batch extends InlineBuild {
  readonly isLast: boolean;
}

/**
 * While more events are missing than a publish catches up on, publishes are refused, so these events are folded without
 * making anyone wait. The rest is folded while publishes wait, so that none comes in between.
 */
async function buildBatch(scope: InlineScope<UntypedKeyedProjector>, transaction: Transaction): Promise<Batch> {
  const batch = await nextEvents(scope);
  if (batch.events.length > MOST_MISSED_EVENTS) return saveBatch(scope, batch);
  await holdBackPublishes(scope, transaction);
  const last = await nextEvents(scope);
  const latest = await projectedSource(scope).raw().latest();
  refuseAhead(scope, last, latest?.sequenceNumber ?? 0);
  return saveBatch(scope, last);
}

interface NextEvents {
  readonly completeUpTo: number;
  readonly projections: readonly [];
  readonly events: readonly StoredEvent[];
}

async function nextEvents(scope: InlineScope<UntypedKeyedProjector>): Promise<NextEvents> {
  const { completeUpTo } = await startingPoint(scope, []);
  const constraints = [sequenceNumberAfter(completeUpTo)];
  return {
    completeUpTo,
    projections: [],
    events: await projectedSource(scope).read({ constraints, limit: BATCH_SIZE }),
  };
}

async function saveBatch(
  scope: InlineScope<UntypedKeyedProjector>,
  { events, completeUpTo }: NextEvents,
): Promise<Batch> {
  const upTo = events.at(-1)?.sequenceNumber;
  if (upTo === undefined) return { eventsRead: 0, completeUpTo, isLast: true };
  const { projections } = await startingPoint(scope, events);
  const failure = await saveFolded(scope, { completeUpTo, projections }, events);
  // Another build, or a save by hand, came in between: the next batch goes on from what is stored now.
  if (failure !== undefined) return { eventsRead: 0, completeUpTo, isLast: false };
  return { eventsRead: events.length, completeUpTo: upTo, isLast: events.length <= MOST_MISSED_EVENTS };
}

/** A publish that only checks takes the lock that publishes of its category, or of the log, wait for. */
async function holdBackPublishes({ source }: InlineTarget<unknown>, { storage }: Transaction): Promise<void> {
  const category = source.kind === "log" ? "log" : source.category;
  await storage.save({ writes: [{ category, stream: "build", events: [], allowed: undefined }] });
}
