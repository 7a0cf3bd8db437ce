import type { EventStorageAdapter } from "@eventfold/store";
import type { EventStorage, SaveResult } from "@eventfold/store/adapter";
import { isEventfoldError, logIdentifier, type StoredEvent } from "@eventfold/types";

/** What a replica has of itself that the suite cannot know. */
export interface FollowingAdapter extends EventStorageAdapter {
  upTo(sequenceNumber: number): Promise<void>;
}

/**
 * A log that is published to as it is, and read from a replica of it. A publish is over once the replica has its events, for that is
 * how an application reads what it has written.
 */
export async function followedByReplica(
  log: EventStorageAdapter,
  replica: FollowingAdapter,
): Promise<EventStorageAdapter> {
  await replica.upTo(await log.storage.horizon(logIdentifier()));
  const { transaction } = log;
  const waiting = new Set<Promise<void>>();
  /** What was published while the adapter is being closed was published, though nobody reads it any more. */
  const copied = async (upTo: () => Promise<number> | number) => {
    const copying = (async () => replica.upTo(await upTo()))().catch((error: unknown) => {
      if (!isEventfoldError(error, "ADAPTER_CLOSED")) throw error;
    });
    waiting.add(copying);
    await copying.finally(() => waiting.delete(copying));
  };
  const close = async () => {
    await log.close();
    await replica.close();
    await Promise.allSettled(waiting);
  };
  return {
    orderingGuarantee: replica.orderingGuarantee,
    capabilities: { ...log.capabilities, freshReads: false },
    inspection: replica.inspection,
    storage: readingFrom(log, replica, copied),
    get isClosed() {
      return log.isClosed;
    },
    onChange: (listener) => replica.onChange(listener),
    newsOf: (places) => replica.newsOf(places),
    ...(transaction && {
      transaction: async (work, options) => {
        const result = await transaction.call(log, work, options);
        await copied(async () => (await log.storage.latest(logIdentifier()))?.sequenceNumber ?? 0);
        return result as Awaited<ReturnType<typeof work>>;
      },
    }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function readingFrom(
  { storage: log }: EventStorageAdapter,
  { storage }: FollowingAdapter,
  copied: (upTo: () => number) => Promise<void>,
): EventStorage {
  const storedTexts = storage.storedTexts?.bind(storage);
  return {
    get isClosed() {
      return storage.isClosed;
    },
    save: async (request) => {
      const result = await log.save(request);
      await copied(() => newestOf(result));
      return result;
    },
    // A predicate is judged by what the log has: a replica could show it the same event for ever.
    latest: (source, options) => (options?.isPublishing ? log.latest(source, options) : storage.latest(source)),
    horizon: (source) => storage.horizon(source),
    boundary: (items) => storage.boundary(items),
    eventById: (id) => storage.eventById(id),
    scan: (source, options) => storage.scan(source, options),
    ...(storedTexts && { storedTexts }),
    categories: (options) => storage.categories(options),
    streams: (category, options) => storage.streams(category, options),
  };
}

function newestOf(result: SaveResult): number {
  if (result.kind !== "stored" && result.kind !== "repeat") return 0;
  const events: readonly StoredEvent[] = result.events.flat();
  return Math.max(0, ...events.map(({ sequenceNumber }) => sequenceNumber));
}
