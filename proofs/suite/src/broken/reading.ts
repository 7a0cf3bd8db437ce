import type { EventStorageAdapter } from "@eventfold/store";
import type { ScanBounds, StorageScanOptions } from "@eventfold/store/adapter";
import type { SourceIdentifier, StoredEvent } from "@eventfold/types";
import type { BrokenAdapter } from "../broken-adapter.ts";
import { changedAdapter } from "../changed-adapter.ts";

/** An adapter that scans with other options. */
function scanningWith(
  change: (options: StorageScanOptions, source: SourceIdentifier) => StorageScanOptions,
): BrokenAdapter["wrap"] {
  return (beneath) =>
    changedAdapter(beneath, { scan: (source, options) => beneath.storage.scan(source, change(options, source)) });
}

/** An adapter that scans within other bounds. */
function scanningWithin(change: (bounds: ScanBounds) => ScanBounds): BrokenAdapter["wrap"] {
  return scanningWith((options) => ({ ...options, bounds: change(options.bounds) }));
}

/** An adapter that changes the pages of a scan, which are numbered from 0. */
function paging(
  change: (page: readonly StoredEvent[], index: number, options: StorageScanOptions) => readonly StoredEvent[],
): BrokenAdapter["wrap"] {
  return (beneath) =>
    changedAdapter(beneath, {
      scan: async function* (source, options) {
        let index = 0;
        for await (const page of beneath.storage.scan(source, options)) {
          const changed = change(page, index, options);
          index += 1;
          if (changed.length > 0) yield changed;
        }
      },
    });
}

const earlier = (bound: number | undefined): number | undefined => (bound === undefined ? undefined : bound - 1);
const later = (bound: number | undefined): number | undefined => (bound === undefined ? undefined : bound + 1);

/** What is wrong with how these scan: rules 11 and 12. */
export const brokenScans: readonly BrokenAdapter[] = [
  {
    rule: 11,
    fault: "loses an event at the border of pages when it scans backwards",
    wrap: paging((page, index, { direction }) => (direction === "backwards" && index > 0 ? page.slice(1) : page)),
  },
  {
    rule: 11,
    fault: "shows the last event of a page again on the next",
    wrap: (beneath) => {
      let last: StoredEvent | undefined;
      return paging((page, index) => {
        const repeated = index > 0 && last !== undefined ? [last, ...page] : page;
        last = page.at(-1);
        return repeated;
      })(beneath);
    },
  },
  {
    rule: 11,
    fault: "sorts each page backwards, but takes the pages forwards",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        scan: async function* (source, options) {
          for await (const page of beneath.storage.scan(source, { ...options, direction: "forwards" })) {
            yield options.direction === "backwards" ? page.toReversed() : page;
          }
        },
      }),
  },
  {
    rule: 11,
    fault: "gives one event too many where a limit is a page's size",
    wrap: scanningWith((options) => ({ ...options, limit: options.limit === 256 ? 257 : options.limit })),
  },
  {
    rule: 11,
    fault: "stops after a thousand events",
    wrap: scanningWith((options) => ({ ...options, limit: options.limit ?? 1_000 })),
  },
  {
    rule: 11,
    fault: "hands out a whole log as one page",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        scan: async function* (source, options) {
          const all: StoredEvent[] = [];
          for await (const page of beneath.storage.scan(source, options)) all.push(...page);
          if (all.length > 0) yield all;
        },
      }),
  },
  {
    rule: 11,
    fault: "starts to read before the first step",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        scan: (source, options) => {
          const pages = collected(beneath, source, options);
          pages.catch(() => {});
          return (async function* () {
            yield* await pages;
          })();
        },
      }),
  },
  {
    rule: 12,
    fault: "includes the sequence number after which it should start",
    wrap: scanningWithin((bounds) => ({ ...bounds, sequenceNumberAfter: earlier(bounds.sequenceNumberAfter) })),
  },
  {
    rule: 12,
    fault: "includes the position before which it should end",
    wrap: scanningWithin((bounds) => ({ ...bounds, positionBefore: later(bounds.positionBefore) })),
  },
  {
    rule: 12,
    fault: "takes observed bounds for occurred ones",
    wrap: scanningWithin((bounds) => ({
      ...bounds,
      occurredAfterMs: bounds.observedAfterMs,
      observedAfterMs: bounds.occurredAfterMs,
    })),
  },
  {
    rule: 12,
    fault: "includes the millisecond before which events were observed",
    wrap: scanningWithin((bounds) => ({ ...bounds, observedBeforeMs: later(bounds.observedBeforeMs) })),
  },
  {
    rule: 12,
    fault: "heeds only the first name",
    wrap: scanningWithin((bounds) => ({ ...bounds, names: bounds.names?.slice(0, 1) })),
  },
  {
    rule: 12,
    fault: "compares event names without regard to case",
    wrap: scanningWithin(({ names, ...bounds }) => ({
      ...bounds,
      names: names && [...names, ...names.map((name) => name.toLowerCase())],
    })),
  },
  {
    rule: 12,
    fault: "counts the limit before it filters by name",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        scan: async function* (source, options) {
          const { names, ...bounds } = options.bounds;
          for await (const page of beneath.storage.scan(source, { ...options, bounds })) {
            const admitted = page.filter(({ name }) => names?.includes(name) ?? true);
            if (admitted.length > 0) yield admitted;
          }
        },
      }),
  },
];

async function collected(
  beneath: EventStorageAdapter,
  source: SourceIdentifier,
  options: StorageScanOptions,
): Promise<(readonly StoredEvent[])[]> {
  const pages: (readonly StoredEvent[])[] = [];
  for await (const page of beneath.storage.scan(source, options)) pages.push(page);
  return pages;
}
