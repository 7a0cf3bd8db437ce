import type { EventStorage, StorageScanOptions } from "@eventfold/store";
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
  return (await Array.fromAsync(scanWith(storage, source, options))).flat();
}

/** The log. */
export const LOG: SourceIdentifier = { kind: "log" };
