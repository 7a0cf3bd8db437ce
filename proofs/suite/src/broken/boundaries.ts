import type { StoredEvent } from "@eventfold/store";
import type { EventQueryItem, EventStorage, FailIf, SaveRequest, SaveResult } from "@eventfold/store/adapter";
import type { BrokenAdapter } from "../broken-adapter.ts";
import { changedAdapter, changedStorage, transactionOf } from "../changed-adapter.ts";
import { knowingTransactions } from "./horizons.ts";

const turn = (): Promise<void> => new Promise(setImmediate);

/** An adapter that judges `failIf` as if something else had been asked. */
function failingIf(change: (failIf: FailIf) => FailIf | undefined): BrokenAdapter["wrap"] {
  return (beneath) =>
    changedAdapter(beneath, {
      save: (request) => {
        const { failIf, writes } = request;
        const changed = failIf && change(failIf);
        return beneath.storage.save(changed === undefined ? { writes } : { writes, failIf: changed });
      },
    });
}

/** How a publish would be judged, without storing anything. */
async function matchOf(storage: EventStorage, { items, after }: FailIf): Promise<SaveResult | undefined> {
  const { events } = await storage.boundary(items);
  const match = events.find(({ sequenceNumber }) => sequenceNumber > after);
  return match && { kind: "matched", sequenceNumber: match.sequenceNumber };
}

/** Judges `failIf` apart from the write, under the locks that the request names. */
function judgingApart(locksOf: (request: SaveRequest) => readonly string[]): BrokenAdapter["wrap"] {
  return (beneath) => {
    const locks = new Map<string, Promise<unknown>>();
    const underLocks = <T>(keys: readonly string[], work: () => Promise<T>): Promise<T> => {
      const running = Promise.all(keys.map((key) => locks.get(key))).then(work);
      for (const key of keys)
        locks.set(
          key,
          running.catch(() => {}),
        );
      return running;
    };
    return changedAdapter(beneath, {
      save: (request) => {
        const { failIf, writes } = request;
        if (failIf === undefined) return beneath.storage.save(request);
        return underLocks([...new Set(locksOf(request))], async () => {
          const match = await matchOf(beneath.storage, failIf);
          await turn();
          return beneath.storage.save(match === undefined ? { writes } : request); // with all else judged in order
        });
      },
    });
  };
}

const tagsLookedAt = ({ failIf }: SaveRequest): string[] => failIf?.items.flatMap(({ tags = [] }) => tags) ?? [];
const tagsWritten = ({ writes }: SaveRequest): string[] =>
  writes.flatMap(({ events }) => events.flatMap(({ tags }) => tags));

/** An adapter whose boundaries are read otherwise. */
function bounding(
  read: (storage: EventStorage, items: readonly EventQueryItem[]) => ReturnType<EventStorage["boundary"]>,
): BrokenAdapter["wrap"] {
  return (beneath) => changedAdapter(beneath, { boundary: (items) => read(beneath.storage, items) });
}

/** What is wrong with how these refuse publishes for what was published, and with their boundaries: rules 26 and 27. */
export const brokenBoundaries: readonly BrokenAdapter[] = [
  { rule: 26, fault: "takes no notice of failIf", wrap: failingIf(() => undefined) },
  {
    rule: 26,
    fault: "counts matches from the beginning",
    wrap: failingIf((failIf) => ({ ...failIf, after: 0 })),
  },
  {
    rule: 26,
    fault: "counts the event with the very number too",
    wrap: failingIf((failIf) => ({ ...failIf, after: Math.max(0, failIf.after - 1) })),
  },
  {
    rule: 26,
    fault: "looks for the first item of a query alone",
    wrap: failingIf(({ items, after }) => ({ items: items.slice(0, 1), after })),
  },
  {
    rule: 26,
    fault: "looks for names alone where an item has both",
    wrap: failingIf(({ items, after }) => ({
      items: items.map(({ names, tags }) => (names === undefined ? { tags } : { names })),
      after,
    })),
  },
  {
    rule: 26,
    fault: "judges queries of names alone not at all",
    wrap: failingIf(({ items, after }) => {
      const tagged = items.filter(({ tags }) => tags !== undefined);
      return tagged.length === 0 ? undefined : { items: tagged, after };
    }),
  },
  {
    rule: 26,
    fault: "judges apart from the write, without locks",
    says: "of rivals for one tag exactly one wins",
    wrap: judgingApart(() => []),
  },
  {
    rule: 26,
    fault: "judges under the locks of the tags that it looks at, but not of those that it writes",
    says: "of rivals of which some look at a name and some at a tag exactly one wins",
    wrap: judgingApart(tagsLookedAt),
  },
  {
    rule: 26,
    fault: "judges under the locks of the tags that it writes, but not of those that it looks at",
    says: "of rivals that look at two tags and write one of them exactly one wins",
    wrap: judgingApart(tagsWritten),
  },
  {
    rule: 26,
    fault: "judges under the locks of the tags that it looks at and writes, but of no names",
    says: "of rivals for a name, without tags, exactly one wins",
    wrap: judgingApart((request) => [...tagsLookedAt(request), ...tagsWritten(request)]),
  },
  {
    rule: 26,
    fault: "names the last event that matches",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        save: async (request) => {
          const result = await beneath.storage.save(request);
          if (result.kind !== "matched" || request.failIf === undefined) return result;
          const { events } = await beneath.storage.boundary(request.failIf.items);
          return { ...result, sequenceNumber: events.at(-1)?.sequenceNumber ?? result.sequenceNumber };
        },
      }),
  },
  {
    rule: 26,
    fault: "judges a match before everything else",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        save: async (request) =>
          (request.failIf && (await matchOf(beneath.storage, request.failIf))) ?? beneath.storage.save(request),
      }),
  },
  {
    rule: 26,
    fault: "stores what it refuses",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        save: async (request) => {
          const result = await beneath.storage.save(request);
          if (result.kind === "matched") await beneath.storage.save({ writes: request.writes });
          return result;
        },
      }),
  },
  {
    rule: 26,
    fault: "judges a publish by its own events too",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        save: async (request) => {
          const { failIf, writes } = request;
          const events = writes.flatMap((write) => write.events);
          const isOwn = failIf?.items.some(({ names, tags = [] }) =>
            events.some(
              (event) => (names?.includes(event.name) ?? true) && tags.every((tag) => event.tags.includes(tag)),
            ),
          );
          if (!isOwn) return beneath.storage.save(request);
          return { kind: "matched", sequenceNumber: 1 };
        },
      }),
  },
  {
    rule: 26,
    fault: "judges a publish within a transaction by what is committed",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        transaction: (work, options) =>
          transactionOf(beneath)(({ storage }) => {
            const judged = changedStorage(storage, {
              save: async ({ failIf, writes }) =>
                (failIf && (await matchOf(beneath.storage, failIf))) ?? storage.save({ writes }),
            });
            return work({ storage: judged });
          }, options),
      }),
  },
  {
    rule: 27,
    fault: "tells a number that runs past a writer in flight: the newest that was given",
    wrap: (beneath) =>
      knowingTransactions(beneath, (known) => ({
        boundary: async (items) => {
          const { events, after } = await beneath.storage.boundary(items);
          return { events, after: Math.max(after, known.newest) };
        },
      })),
  },
  {
    rule: 27,
    fault: "asks for the number after it has read the events",
    wrap: bounding(async (storage, items) => {
      const { events } = await storage.boundary(items);
      await turn();
      return { events, after: await storage.horizon({ kind: "log" }) };
    }),
  },
  {
    rule: 27,
    fault: "reads past writers in flight, whose events come to light below the number",
    wrap: (beneath) => {
      const late = new Set<string>();
      return changedAdapter(beneath, {
        save: async (request) => {
          const result = await beneath.storage.save(request);
          const [first] = result.kind === "stored" ? result.events.flat() : [];
          if (first !== undefined && first.sequenceNumber % 7 === 0) {
            late.add(first.id);
            for (let turns = 0; turns < 4; turns += 1) await turn();
            late.delete(first.id);
          }
          return result;
        },
        boundary: async (items) => {
          const { events, after } = await beneath.storage.boundary(items);
          return { events: events.filter(({ id }) => !late.has(id)), after };
        },
      });
    },
  },
  {
    rule: 27,
    fault: "tells a number above what it has read",
    wrap: bounding(async (storage, items) => {
      const { events, after } = await storage.boundary(items);
      return { events, after: after + 1 };
    }),
  },
  {
    rule: 27,
    fault: "tells the number of the first event",
    wrap: bounding(async (storage, items) => {
      const { events, after } = await storage.boundary(items);
      return { events, after: events[0]?.sequenceNumber ?? after };
    }),
  },
  {
    rule: 27,
    fault: "reads the first page alone",
    wrap: bounding(async (storage, items) => {
      const { events, after } = await storage.boundary(items);
      return { events: events.slice(0, 256), after };
    }),
  },
  {
    rule: 27,
    fault: "reads one item after another",
    wrap: bounding(async (storage, items) => {
      const found: StoredEvent[] = [];
      for (const item of items) found.push(...(await storage.boundary([item])).events);
      return { events: found, after: (await storage.boundary(items)).after };
    }),
  },
  {
    rule: 27,
    fault: "reads a boundary that is one publish old",
    wrap: (beneath) => {
      let hidden = Number.POSITIVE_INFINITY;
      return changedAdapter(beneath, {
        save: async (request) => {
          const result = await beneath.storage.save(request);
          if (result.kind === "stored") hidden = result.events.flat()[0]?.sequenceNumber ?? hidden;
          return result;
        },
        boundary: async (items) => {
          const { events, after } = await beneath.storage.boundary(items);
          const shown = events.filter(({ sequenceNumber }) => sequenceNumber < hidden);
          return { events: shown, after: Math.min(after, hidden - 1) };
        },
      });
    },
  },
  {
    rule: 27,
    fault: "reads within a transaction what is committed",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        transaction: (work, options) =>
          transactionOf(beneath)(
            ({ storage }) =>
              work({ storage: changedStorage(storage, { boundary: (items) => beneath.storage.boundary(items) }) }),
            options,
          ),
      }),
  },
  {
    rule: 27,
    fault: "reads the library's own categories too",
    wrap: (beneath) => {
      const own: StoredEvent[] = [];
      return changedAdapter(beneath, {
        save: async (request) => {
          const result = await beneath.storage.save(request);
          if (result.kind === "stored") {
            own.push(...result.events.flat().filter(({ category }) => category.startsWith("$")));
          }
          return result;
        },
        boundary: async (items) => {
          const { events, after } = await beneath.storage.boundary(items);
          return { events: [...events, ...own], after };
        },
      });
    },
  },
];
