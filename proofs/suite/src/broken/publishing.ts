import type { StoredEvent } from "@eventfold/store";
import type { SaveResult, StreamWrite } from "@eventfold/store/adapter";
import { StorageBusyError } from "@eventfold/types";
import type { BrokenAdapter } from "../broken-adapter.ts";
import { changedAdapter } from "../changed-adapter.ts";
import { readsThrough } from "../changed-reads.ts";

/** What is wrong with how these store a publish: rules 1, 2 and 5. */
export const brokenPublishing: readonly BrokenAdapter[] = [
  {
    rule: 1,
    fault: "stores the events of a publish in reverse order",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        save: ({ writes }) =>
          beneath.storage.save({ writes: writes.map((write) => ({ ...write, events: write.events.toReversed() })) }),
      }),
  },
  {
    rule: 1,
    fault: "counts positions from 1",
    wrap: (beneath) =>
      changedAdapter(
        beneath,
        readsThrough(beneath.storage, (event) => ({ ...event, position: event.position + 1 })),
      ),
  },
  {
    rule: 1,
    fault: "leaves out the metadata of what a publish returns",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        save: async (request) => {
          const result = await beneath.storage.save(request);
          if (result.kind !== "stored") return result;
          return {
            ...result,
            events: result.events.map((events) => events.map((event) => ({ ...event, metadata: null }))),
          };
        },
      }),
  },
  {
    rule: 1,
    fault: "runs category and stream together into one key",
    wrap: (beneath) => {
      const joined = <T extends { category: string; stream: string }>(names: T): T => ({
        ...names,
        category: (names.category + names.stream).slice(0, 1),
        stream: (names.category + names.stream).slice(1),
      });
      return changedAdapter(beneath, {
        save: ({ writes }) => beneath.storage.save({ writes: writes.map(joined) }),
        scan: (source, options) => beneath.storage.scan(source.kind === "stream" ? joined(source) : source, options),
      });
    },
  },
  {
    rule: 2,
    fault: "writes the entries of a publish one after another, each on its own",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        save: async ({ writes }) => oneAfterAnother(writes, (write) => beneath.storage.save({ writes: [write] })),
      }),
  },
  {
    rule: 2,
    fault: "names only the first of several unmet conditions",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        save: async (request) => {
          const result = await beneath.storage.save(request);
          return result.kind === "unmet" ? { ...result, unmet: result.unmet.slice(0, 1) } : result;
        },
      }),
  },
  {
    rule: 2,
    fault: "numbers the entries of a publish in the order of their names",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        save: async ({ writes }) => {
          const order = writes
            .map((write, index) => ({ write, index }))
            .sort((a, b) => (a.write.stream < b.write.stream ? -1 : 1));
          const result = await beneath.storage.save({ writes: order.map(({ write }) => write) });
          if (!("events" in result)) return result;
          return {
            ...result,
            events: writes.map((_, index) => result.events[order.findIndex((each) => each.index === index)] ?? []),
          };
        },
      }),
  },
  {
    rule: 5,
    fault: "refuses a publish for contention",
    wrap: (beneath) => {
      let underWay = 0;
      return changedAdapter(beneath, {
        save: async (request) => {
          if (underWay >= 8) throw new StorageBusyError("Too many at once.");
          underWay += 1;
          try {
            await new Promise(setImmediate);
            return await beneath.storage.save(request);
          } finally {
            underWay -= 1;
          }
        },
      });
    },
  },
  {
    rule: 5,
    fault: "loses an event of every tenth publish that has rivals",
    wrap: (beneath) => {
      let count = 0;
      let underWay = 0;
      return changedAdapter(beneath, {
        save: async (request) => {
          underWay += 1;
          const isRival = underWay > 1;
          try {
            await new Promise(setImmediate);
            count += 1;
            if (!isRival || count % 10 !== 0) return await beneath.storage.save(request);
            return { kind: "stored", events: request.writes.map(() => []) };
          } finally {
            underWay -= 1;
          }
        },
      });
    },
  },
  {
    rule: 5,
    fault: "fails the neighbours of a publish that is refused",
    wrap: (beneath) => {
      let lastRefusal: SaveResult | undefined;
      return changedAdapter(beneath, {
        save: async (request) => {
          const result = await beneath.storage.save(request);
          if (result.kind === "duplicate") {
            lastRefusal = result;
            setImmediate(() => {
              lastRefusal = undefined;
            });
          }
          return lastRefusal ?? result;
        },
      });
    },
  },
];

async function oneAfterAnother(
  writes: readonly StreamWrite[],
  save: (write: StreamWrite) => Promise<SaveResult>,
): Promise<SaveResult> {
  const events: (readonly StoredEvent[])[] = [];
  for (const [index, write] of writes.entries()) {
    const result = await save(write);
    if (result.kind === "unmet") return { ...result, unmet: result.unmet.map((unmet) => ({ ...unmet, write: index })) };
    if (result.kind === "duplicate" || result.kind === "matched") return result;
    events.push(...result.events);
  }
  return { kind: "stored", events };
}
