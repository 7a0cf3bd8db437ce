import { logIdentifier, type StoredEvent } from "@eventfold/types";
import type { EventQueryItem } from "../storage/event-query-item.ts";
import type { EventStorage, StorageBoundary } from "../storage/event-storage.ts";

/**
 * The boundary of a query, by the horizon of the log and a scan up to it: `EventStorage.boundary` of a storage in which no writer in flight
 * holds the horizon below what was published before, because one writer at a time numbers and commits.
 *
 * @example
 * ```ts
 * const { events, after } = await boundaryUpToHorizon(adapter.storage, [{ tags: ["course:c1"] }]);
 * ```
 */
export async function boundaryUpToHorizon(
  storage: Pick<EventStorage, "horizon" | "scan">,
  items: readonly EventQueryItem[],
): Promise<StorageBoundary> {
  const log = logIdentifier();
  const after = await storage.horizon(log); // before the events are read: whatever is at or below it can be read from now on
  const events: StoredEvent[] = [];
  const pages = storage.scan(log, {
    bounds: { matching: items, sequenceNumberBefore: after + 1 },
    direction: "forwards",
    limit: undefined,
    signal: undefined,
    isFollowing: true, // everything up to the horizon is shown, so there is nobody to wait for
  });
  for await (const page of pages) for (const event of page) events.push(event);
  return { events, after };
}
