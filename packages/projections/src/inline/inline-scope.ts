import type { BoundEventStore, EventCategory, EventLog, InlinePublish, SourceOptions } from "@eventfold/store";
import type { CategoryIdentifier, LogIdentifier, SourceIdentifier, StoredEvent } from "@eventfold/types";
import type { Projection } from "../projection.ts";
import type { KeyedFoldOptions } from "../projector/keyed-fold.ts";
import type { ProjectorSource } from "../projector/projector-definition.ts";
import type { UntypedOptions } from "../projector/untyped-options.ts";
import type { ProjectionStorage } from "../storage/projection-storage.ts";
import type { ProjectionStore } from "../store/projection-store.ts";

/** A projector whose types the compiler has checked, without them. */
export interface UntypedProjector {
  readonly name: string;
  readonly version: number;
  readonly source: ProjectorSource;
  readonly reading?: SourceOptions | undefined;
  idOf(source: SourceIdentifier): string | undefined;
  project(source: object, options: UntypedOptions<Projection>): Promise<Projection>;
  readonly keysOf?: undefined;
}

/** A projector with a key whose types the compiler has checked, without them. */
export interface UntypedKeyedProjector {
  readonly name: string;
  readonly version: number;
  readonly source: ProjectorSource;
  readonly reading?: SourceOptions | undefined;
  keysOf(event: StoredEvent): readonly string[];
  applyMany(
    events: readonly StoredEvent[],
    options: Pick<KeyedFoldOptions, "source" | "projections">,
  ): readonly Projection[];
}

/** What is projected from where to where. */
export interface InlineTarget<TProjector = UntypedProjector | UntypedKeyedProjector> {
  readonly projector: TProjector;
  readonly store: ProjectionStore;
  readonly source: CategoryIdentifier | LogIdentifier;
}

/** The same within the transaction of a publish. */
export interface InlineScope<TProjector = UntypedProjector | UntypedKeyedProjector> extends InlineTarget<TProjector> {
  readonly storage: ProjectionStorage;
  readonly eventStore: BoundEventStore;
}

/** The target within a transaction. */
export function scopeIn<TProjector>(
  target: InlineTarget<TProjector>,
  { transaction, store }: Pick<InlinePublish, "transaction" | "store">,
): InlineScope<TProjector> {
  return {
    ...target,
    store: target.store.within(transaction),
    storage: target.store.storageWithin(transaction),
    eventStore: store,
  };
}

/** The category or the log that is projected, as it is seen in the transaction. */
export function projectedSource({ source, eventStore, projector }: InlineScope): EventCategory | EventLog {
  const { reading } = projector;
  return source.kind === "log" ? eventStore.log(reading) : eventStore.category(source.category, reading);
}

/**
 * What the projector reads of events that were published, which are as they are stored.
 *
 * @throws why one cannot be read.
 */
export async function projectedEvents(
  { source, projector }: InlineTarget,
  published: readonly StoredEvent[],
): Promise<readonly StoredEvent[]> {
  const own = source.kind === "log" ? published : published.filter(({ category }) => category === source.category);
  const { events: definitions, unknownEvents = "fail" } = projector.reading ?? {};
  if (definitions === undefined) return own;
  const { events, failure } = await definitions.decode(own, unknownEvents);
  if (failure !== undefined) throw failure.error;
  return events;
}
