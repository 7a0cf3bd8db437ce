import type { SaveResult, StorageScanOptions } from "@eventfold/store/adapter";
import type { StoredEvent } from "@eventfold/types";
import type { BrokenAdapter } from "../broken-adapter.ts";
import { changedAdapter } from "../changed-adapter.ts";

const never = (): Promise<never> => new Promise(() => {});

/** An adapter whose pages begin with what the page before ended with: the last item comes back forever. */
function withInclusiveEdges(direction: StorageScanOptions["direction"]): BrokenAdapter["wrap"] {
  return (beneath) =>
    changedAdapter(beneath, {
      scan: async function* (source, options) {
        if (options.direction !== direction || options.limit !== undefined)
          return yield* beneath.storage.scan(source, options);
        let { bounds } = options;
        for (;;) {
          const page = (await firstPage(beneath.storage.scan(source, { ...options, bounds, limit: 100 }))) ?? [];
          const edge = page.at(-1)?.sequenceNumber;
          if (edge === undefined) return;
          yield page;
          bounds =
            direction === "forwards"
              ? { ...bounds, sequenceNumberAfter: edge - 1 }
              : { ...bounds, sequenceNumberBefore: edge + 1 };
        }
      },
    });
}

async function firstPage<T>(pages: AsyncIterable<T>): Promise<T | undefined> {
  for await (const page of pages) return page;
  return undefined;
}

/** What never comes to an end: a suite must not wait for it, nor fill the memory. Rules 1, 3, 11, 17, 18 and 19. */
export const neverEnding: readonly BrokenAdapter[] = [
  {
    rule: 1,
    fault: "never answers a publish",
    isWaitedFor: true,
    wrap: (beneath) => changedAdapter(beneath, { save: never }),
  },
  {
    rule: 3,
    fault: "says at once, and always, that a rival has come between",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        save: async ({ writes }): Promise<SaveResult> =>
          writes.some(({ allowed }) => allowed !== undefined)
            ? { kind: "unmet", unmet: [{ write: 0, latestPosition: 1_000 }] }
            : beneath.storage.save({ writes }),
      }),
  },
  {
    rule: 11,
    fault: "begins each page with the last event of the one before",
    says: "rule 11: item 101 of a scan of log, forwards, is out of order: expected a sequence number above 100, got 100.",
    wrap: withInclusiveEdges("forwards"),
  },
  {
    rule: 11,
    fault: "begins each page of a backwards scan with the last event of the one before",
    says: "rule 11: item 101 of a scan of log, backwards, is out of order: expected a sequence number below 2401, got 2401.",
    wrap: withInclusiveEdges("backwards"),
  },
  {
    rule: 18,
    fault: "shows a follower again what it has shown last",
    says: "The bound is exclusive.",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        scan: (source, options) => {
          const { sequenceNumberAfter: after = 0 } = options.bounds;
          if (!options.isFollowing || after === 0) return beneath.storage.scan(source, options);
          return beneath.storage.scan(source, {
            ...options,
            bounds: { ...options.bounds, sequenceNumberAfter: after - 1 },
          });
        },
      }),
  },
  {
    rule: 11,
    fault: "yields its last page forever",
    says: "A page begins beyond the last item of the one before.",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        scan: async function* (source, options) {
          let last: readonly StoredEvent[] = [];
          for await (const page of beneath.storage.scan(source, options)) {
            yield page;
            last = page;
          }
          while (last.length > 0) yield last;
        },
      }),
  },
  {
    rule: 11,
    fault: "yields empty pages forever",
    says: "Pages are never empty.",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        scan: async function* (source, options) {
          yield* beneath.storage.scan(source, options);
          for (;;) yield [];
        },
      }),
  },
  {
    rule: 17,
    fault: "begins each page of streams with the last name of the one before",
    says: "rule 17: item 101 of the list of streams of many is out of order: expected a name behind 'stream-000099', got 'stream-000099'.",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        streams: async function* (category, options) {
          const all: string[] = [];
          for await (const page of beneath.storage.streams(category, options)) all.push(...page);
          for (let from = 0; all.length > 0; from = Math.min(from + 99, all.length - 1)) {
            yield all.slice(from, from + 100);
          }
        },
      }),
  },
  {
    rule: 17,
    fault: "lists its categories forever",
    says: "A page begins beyond the last item of the one before.",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        categories: async function* () {
          for (;;) yield ["again"];
        },
      }),
  },
  {
    rule: 19,
    fault: "never ends its closing",
    isWaitedFor: true,
    wrap: (beneath) => changedAdapter(beneath, { close: never }),
  },
];
