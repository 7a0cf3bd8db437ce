import type { EventStorage, StorageScanOptions } from "@eventfold/store/adapter";
import type { SourceIdentifier, StoredEvent } from "@eventfold/types";

/** Scans with these options, forwards and without bounds unless they say otherwise. */
export function scanWith(
  storage: EventStorage,
  source: SourceIdentifier,
  options: Partial<StorageScanOptions> = {},
): AsyncIterable<readonly StoredEvent[]> {
  const defaults: StorageScanOptions = {
    bounds: {},
    direction: "forwards",
    limit: undefined,
    signal: undefined,
    isFollowing: false,
  };
  return storage.scan(source, { ...defaults, ...options });
}

/** All events of a scan. */
export async function scanned(
  storage: EventStorage,
  source: SourceIdentifier,
  options: Partial<StorageScanOptions> = {},
): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  for await (const page of scanWith(storage, source, options)) events.push(...page);
  return events;
}

/** The log. */
export const LOG: SourceIdentifier = { kind: "log" };
