import type { EventStorageAdapter, Transaction } from "@eventfold/store";
import type { SourceNews, SourcePlace } from "@eventfold/store/adapter";
import type { BrokenAdapter } from "../broken-adapter.ts";
import { type AdapterChanges, changedAdapter, changedStorage, transactionOf } from "../changed-adapter.ts";
import { until } from "../until.ts";

/** An adapter whose news are changed on their way out. */
function tellingNews(
  change: (news: readonly SourceNews[], places: readonly SourcePlace[]) => readonly SourceNews[],
): BrokenAdapter["wrap"] {
  return (beneath) =>
    changedAdapter(beneath, { newsOf: async (places) => change(await beneath.newsOf(places), places) });
}

/** An adapter that knows its transactions: how many are open, and the newest number that one of them has given. */
export function knowingTransactions(
  beneath: EventStorageAdapter,
  change: (known: { readonly open: number; readonly newest: number }) => AdapterChanges,
): EventStorageAdapter {
  const known = { open: 0, newest: 0 };
  const watched = ({ storage }: Transaction): Transaction => ({
    storage: changedStorage(storage, {
      save: async (request) => {
        const result = await storage.save(request);
        if (result.kind === "stored") known.newest = result.events.flat().at(-1)?.sequenceNumber ?? known.newest;
        return result;
      },
    }),
  });
  return changedAdapter(beneath, {
    ...change(known),
    transaction: async (work) => {
      known.open += 1;
      try {
        return await transactionOf(beneath)((transaction) => work(watched(transaction)));
      } finally {
        known.open -= 1;
      }
    },
  });
}

/** What is wrong with what these say of the end of a source: rules 18 and 23. */
export const brokenHorizons: readonly BrokenAdapter[] = [
  {
    rule: 23,
    fault: "waits for a transaction before it tells the horizon",
    isWaitedFor: true,
    wrap: (beneath) =>
      knowingTransactions(beneath, (known) => ({
        horizon: async (source) => {
          await until(() => known.open === 0);
          return beneath.storage.horizon(source);
        },
      })),
  },
  {
    rule: 23,
    fault: "tells a horizon that runs past a writer in flight: the newest number that was given",
    wrap: (beneath) =>
      knowingTransactions(beneath, (known) => ({
        horizon: async (source) => Math.max(await beneath.storage.horizon(source), known.newest),
      })),
  },
  {
    rule: 23,
    fault: "tells a horizon that never moves",
    wrap: (beneath) => changedAdapter(beneath, { horizon: async () => 0 }),
  },
  {
    rule: 23,
    fault: "tells a horizon that lies beyond what can be read",
    wrap: (beneath) =>
      changedAdapter(beneath, { horizon: async (source) => (await beneath.storage.horizon(source)) + 1 }),
  },
  {
    rule: 23,
    fault: "tells a horizon that now and then goes back",
    wrap: (beneath) => {
      let asked = 0;
      return changedAdapter(beneath, {
        horizon: async (source) => {
          asked += 1;
          return asked % 9 === 0 ? 0 : beneath.storage.horizon(source);
        },
      });
    },
  },
  {
    rule: 23,
    fault: "leaves what a transaction has stored out of the horizon within it",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        transaction: (work) =>
          transactionOf(beneath)(({ storage }) =>
            work({ storage: changedStorage(storage, { horizon: (source) => beneath.storage.horizon(source) }) }),
          ),
      }),
  },
  {
    rule: 18,
    fault: "waits for a transaction before it tells what is new",
    isWaitedFor: true,
    wrap: (beneath) =>
      knowingTransactions(beneath, (known) => ({
        newsOf: async (places) => {
          await until(() => known.open === 0);
          return beneath.newsOf(places);
        },
      })),
  },
  {
    rule: 18,
    fault: "tells what is new by the number of the log, whatever the source",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        newsOf: (places) => beneath.newsOf(places.map(({ after }) => ({ source: { kind: "log" }, after }))),
      }),
  },
  {
    rule: 18,
    fault: "takes the number that was seen for news",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        newsOf: (places) =>
          beneath.newsOf(places.map(({ source, after }) => ({ source, after: Math.max(0, after - 1) }))),
      }),
  },
  {
    rule: 18,
    fault: "tells first of the places where something is new",
    wrap: tellingNews((news) => news.toSorted((a, b) => Number(b.isReadable) - Number(a.isReadable))),
  },
  {
    rule: 18,
    fault: "leaves out the places where nothing is new",
    wrap: tellingNews((news) => news.filter(({ isReadable }) => isReadable)),
  },
  {
    rule: 18,
    fault: "knows no news of streams",
    wrap: tellingNews((news, places) =>
      news.map((each, index) =>
        places[index]?.source.kind === "stream" ? { isReadable: false, isHeldBack: false } : each,
      ),
    ),
  },
  {
    rule: 18,
    fault: "tells what is new as it was at the last publish but one",
    wrap: (beneath) => {
      let hidden = 0;
      return changedAdapter(beneath, {
        save: async (request) => {
          const result = await beneath.storage.save(request);
          if (result.kind === "stored") hidden = result.events.flat()[0]?.sequenceNumber ?? hidden;
          return result;
        },
        newsOf: async (places) => {
          const news = await beneath.newsOf(places);
          return news.map((each, index) =>
            (places[index]?.after ?? 0) >= hidden - 1 ? { ...each, isReadable: false } : each,
          );
        },
      });
    },
  },
];
