import type { EventStorageAdapter, StoredEvent } from "@eventfold/store";
import type { EventStorage } from "@eventfold/store/adapter";
import { AdapterClosedError } from "@eventfold/types";
import type { BrokenAdapter } from "../broken-adapter.ts";
import { changedAdapter, transactionOf } from "../changed-adapter.ts";
import { until } from "../until.ts";

/** What is wrong with how these end scans, followers and themselves: rules 14, 18 and 19. */
export const brokenEndings: readonly BrokenAdapter[] = [
  {
    rule: 14,
    fault: "does not heed the signal",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        scan: (source, options) => beneath.storage.scan(source, { ...options, signal: undefined }),
      }),
  },
  {
    rule: 14,
    fault: "rejects an aborted scan with an error of its own",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        scan: async function* (source, options) {
          for await (const page of beneath.storage.scan(source, { ...options, signal: undefined })) {
            if (options.signal?.aborted) throw new Error("aborted");
            yield page;
          }
        },
      }),
  },
  {
    rule: 14,
    fault: "lets nobody write while a scan is open, finished or not",
    isWaitedFor: true,
    wrap: (beneath) => {
      let open = 0;
      return changedAdapter(beneath, {
        scan: async function* (source, options) {
          open += 1;
          yield* beneath.storage.scan(source, options);
          open -= 1; // not when the scan is broken off
        },
        save: async (request) => {
          await until(() => open === 0);
          return beneath.storage.save(request);
        },
      });
    },
  },
  {
    rule: 14,
    fault: "fetches the next page ahead, and looks after its failure too late",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        scan: async function* (source, options) {
          const pages = beneath.storage.scan(source, options)[Symbol.asyncIterator]();
          for (let next = pages.next(); ; ) {
            const { done, value } = await next;
            if (done) return;
            next = new Promise(setImmediate).then(() => pages.next());
            yield value;
          }
        },
      }),
  },
  {
    rule: 18,
    fault: "wakes nobody",
    says: "rule 18: no listener was called in the ",
    wrap: (beneath) => changedAdapter(beneath, { onChange: () => () => {} }),
  },
  {
    rule: 18,
    fault: "wakes its listeners before the event can be read",
    wrap: (beneath) => {
      const listeners = new Set<{ call: () => void }>();
      return changedAdapter(beneath, {
        onChange: (call) => {
          const entry = { call };
          listeners.add(entry);
          return () => listeners.delete(entry);
        },
        save: async (request) => {
          for (const { call } of listeners) call();
          for (let turn = 0; turn < 4; turn += 1) await new Promise(setImmediate);
          return beneath.storage.save(request);
        },
      });
    },
  },
  {
    rule: 18,
    fault: "wakes its listeners once",
    says: "; it had been called before.",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        onChange: (listener) => {
          const end = beneath.onChange(() => {
            end();
            listener();
          });
          return end;
        },
      }),
  },
  {
    rule: 18,
    fault: "ends all registrations of a listener with the first",
    wrap: (beneath) => {
      const ends = new Map<() => void, (() => void)[]>();
      return changedAdapter(beneath, {
        onChange: (listener) => {
          const mine = ends.get(listener) ?? [];
          mine.push(beneath.onChange(listener));
          ends.set(listener, mine);
          return () => {
            for (const end of mine) end();
          };
        },
      });
    },
  },
  {
    rule: 18,
    fault: "shows a follower one page of what has come, and drops the rest",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        scan: async function* (source, options) {
          if (!options.isFollowing) return yield* beneath.storage.scan(source, options);
          const missed: (readonly StoredEvent[])[] = [];
          for await (const page of beneath.storage.scan(source, options)) missed.push(page);
          const last = missed.at(-1);
          if (last !== undefined) yield last;
        },
      }),
  },
  {
    rule: 18,
    fault: "leaves followers waiting when it closes",
    wrap: (beneath) => {
      let isClosing = false;
      return changedAdapter(beneath, {
        onChange: (listener) =>
          beneath.onChange(() => {
            if (!isClosing) listener();
          }),
        close: () => {
          isClosing = true;
          return beneath.close();
        },
      });
    },
  },
  {
    rule: 19,
    fault: "does not wait for publishes when it closes",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        save: async (request) => {
          if (beneath.isClosed) throw new AdapterClosedError();
          for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
          return beneath.storage.save(request);
        },
      }),
  },
  {
    rule: 19,
    fault: "goes on reading after the close",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        latest: async (source) => (beneath.isClosed ? undefined : beneath.storage.latest(source)),
      }),
  },
  {
    rule: 19,
    fault: "ends a paused scan quietly when it is closed",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        scan: async function* (source, options) {
          for await (const page of beneath.storage.scan(source, options)) {
            yield page;
            if (beneath.isClosed) return;
          }
        },
      }),
  },
  {
    rule: 19,
    fault: "goes on showing the events it holds when it is closed, and rejects only what it would have to fetch",
    wrap: (beneath) =>
      changedAdapter(beneath, { scan: (source, options) => halves(beneath.storage.scan(source, options)) }),
  },
  {
    rule: 19,
    fault: "goes on listing the streams it holds when it is closed, and rejects only what it would have to fetch",
    wrap: (beneath) =>
      changedAdapter(beneath, { streams: (category, options) => halves(beneath.storage.streams(category, options)) }),
  },
  {
    rule: 19,
    fault: "closes inside a transaction of its own, and waits for it",
    wrap: (beneath) => {
      let isOpen = false;
      return changedAdapter(beneath, {
        transaction: (work) =>
          transactionOf(beneath)((transaction) => {
            isOpen = true;
            return work(transaction).finally(() => {
              isOpen = false;
            });
          }),
        close: async () => {
          await until(() => !isOpen);
          await beneath.close();
        },
      });
    },
  },
  {
    rule: 18,
    fault: "lets what a listener throws reach the publisher",
    wrap: (beneath) => {
      const listeners = new Set<() => void>();
      return changedAdapter(beneath, {
        onChange: (listener) => {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
        save: async (request) => {
          const result = await beneath.storage.save(request);
          for (const listener of listeners) listener();
          return result;
        },
      });
    },
  },
  {
    rule: 18,
    fault: "leaves the rejection of a listener to nobody",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        onChange: (listener) =>
          beneath.onChange(() => {
            void listener();
          }),
      }),
  },
  {
    rule: 19,
    fault: "fails when it is closed twice",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        close: async () => {
          if (beneath.isClosed) throw new AdapterClosedError();
          await beneath.close();
        },
      }),
  },
  {
    rule: 19,
    fault: "waits for paused iterators when it closes",
    isWaitedFor: true,
    wrap: (beneath) => {
      let open = 0;
      return changedAdapter(beneath, {
        scan: async function* (source, options) {
          open += 1;
          try {
            yield* beneath.storage.scan(source, options);
          } finally {
            open -= 1;
          }
        },
        close: async () => {
          await until(() => open === 0);
          await beneath.close();
        },
      });
    },
  },
  {
    rule: 22,
    fault: "throws instead of rejecting when it is closed",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        latest: (source) => {
          if (beneath.isClosed) throw new AdapterClosedError();
          return beneath.storage.latest(source);
        },
      }),
  },
  {
    rule: 22,
    fault: "fails when a scan is made, not at its first step",
    wrap: (beneath) => changedAdapter(beneath, { scan: (source, options) => scanAtOnce(beneath, source, options) }),
  },
];

function scanAtOnce(beneath: EventStorageAdapter, ...[source, options]: Parameters<EventStorage["scan"]>) {
  if (beneath.isClosed) throw new AdapterClosedError();
  return beneath.storage.scan(source, options);
}

/** Pages in two parts. The second is there when the first is asked for, so nothing beneath can refuse it. */
async function* halves<T>(pages: AsyncIterable<readonly T[]>): AsyncGenerator<readonly T[]> {
  for await (const page of pages) {
    const middle = Math.ceil(page.length / 2);
    yield page.slice(0, middle);
    if (middle < page.length) yield page.slice(middle);
  }
}
