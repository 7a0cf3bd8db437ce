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
export function scanned(
  storage: EventStorage,
  source: SourceIdentifier,
  options: Partial<StorageScanOptions> = {},
): Promise<StoredEvent[]> {
  return collected(scanWith(storage, source, options));
}

/** What is on all pages. */
export async function collected<T>(pages: AsyncIterable<readonly T[]> | Iterable<readonly T[]>): Promise<T[]> {
  const items: T[] = [];
  for await (const page of pages) items.push(...page);
  return items;
}

/** The log. */
export const LOG: SourceIdentifier = { kind: "log" };
