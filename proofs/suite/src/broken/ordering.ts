import type { EventStorageAdapter, StoredEvent } from "@eventfold/store";
import type { BrokenAdapter } from "../broken-adapter.ts";
import { type AdapterChanges, changedAdapter } from "../changed-adapter.ts";

/** An adapter whose scans leave out some events. */
function hiding(beneath: EventStorageAdapter, isHidden: (event: StoredEvent) => boolean): AdapterChanges {
  return {
    scan: async function* (source, options) {
      for await (const page of beneath.storage.scan(source, options)) {
        const shown = page.filter((event) => !isHidden(event));
        if (shown.length > 0) yield shown;
      }
    },
  };
}

/** What is wrong with the order in which these show events: rules 7 and 13. */
export const brokenOrdering: readonly BrokenAdapter[] = [
  {
    rule: 7,
    fault: "shows an event after newer ones, as numbers taken before the commit do",
    wrap: (beneath) => {
      const late = new Set<string>();
      return changedAdapter(beneath, {
        ...hiding(beneath, ({ id }) => late.has(id)),
        save: async (request) => {
          const result = await beneath.storage.save(request);
          const [first] = "events" in result ? result.events.flat() : [];
          if (first !== undefined && first.sequenceNumber % 7 === 0) {
            late.add(first.id);
            for (let turn = 0; turn < 4; turn += 1) await new Promise(setImmediate);
            late.delete(first.id);
          }
          return result;
        },
      });
    },
  },
  {
    rule: 7,
    fault: "numbers events anew whenever they are read",
    wrap: (beneath) => {
      let number = 0;
      return changedAdapter(beneath, {
        scan: async function* (source, options) {
          for await (const page of beneath.storage.scan(source, options)) {
            yield page.map((event) => ({ ...event, sequenceNumber: number + event.position }));
            number += page.length;
          }
        },
      });
    },
  },
  {
    rule: 13,
    fault: "shows a state that is one publish old",
    wrap: (beneath) => {
      let newest: ReadonlySet<string> = new Set();
      return changedAdapter(beneath, {
        ...hiding(beneath, ({ id }) => newest.has(id)),
        save: async (request) => {
          const result = await beneath.storage.save(request);
          if (result.kind === "stored") newest = new Set(result.events.flat().map(({ id }) => id));
          return result;
        },
      });
    },
  },
  {
    rule: 13,
    fault: "acknowledges a publish before it can be read",
    wrap: (beneath) => {
      const young = new Set<string>();
      return changedAdapter(beneath, {
        ...hiding(beneath, ({ id }) => young.has(id)),
        save: async (request) => {
          const result = await beneath.storage.save(request);
          for (const { id } of "events" in result ? result.events.flat() : []) {
            young.add(id);
            setImmediate(() => young.delete(id));
          }
          return result;
        },
      });
    },
  },
  {
    rule: 13,
    fault: "pages by offset, so that a backwards scan repeats events while others publish",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        scan: async function* (source, options) {
          const size = 256;
          for (let offset = 0; ; offset += size) {
            const all: StoredEvent[] = [];
            for await (const page of beneath.storage.scan(source, { ...options, limit: undefined })) all.push(...page);
            const page = all.slice(offset, Math.min(offset + size, options.limit ?? all.length));
            if (page.length === 0) return;
            yield page;
          }
        },
      }),
  },
  {
    rule: 13,
    fault: "shows the parts of a publish to several streams one after another",
    wrap: (beneath) => {
      const hidden = new Set<string>();
      return changedAdapter(beneath, {
        ...hiding(beneath, ({ id }) => hidden.has(id)),
        save: async (request) => {
          const result = await beneath.storage.save(request);
          const [, ...rest] = "events" in result ? result.events : [];
          for (const { id } of rest.flat()) hidden.add(id);
          await new Promise(setImmediate);
          for (const { id } of rest.flat()) hidden.delete(id);
          return result;
        },
      });
    },
  },
];
