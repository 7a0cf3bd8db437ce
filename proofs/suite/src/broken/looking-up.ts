import type { StoredEvent } from "@eventfold/store";
import type { BrokenAdapter } from "../broken-adapter.ts";
import { changedAdapter } from "../changed-adapter.ts";

/** An adapter that changes the pages of its listings. */
function listing(change: (names: readonly string[]) => readonly string[]): BrokenAdapter["wrap"] {
  return (beneath) => {
    const changed = async function* (pages: AsyncIterable<readonly string[]>): AsyncGenerator<readonly string[]> {
      for await (const page of pages) yield change(page);
    };
    return changedAdapter(beneath, {
      categories: (options) => changed(beneath.storage.categories(options)),
      streams: (category, options) => changed(beneath.storage.streams(category, options)),
    });
  };
}

/** What is wrong with how these find the latest event, events by id, and names: rules 15, 16 and 17. */
export const brokenLookUps: readonly BrokenAdapter[] = [
  {
    rule: 15,
    fault: "keeps the latest event of a source, and forgets it too late",
    wrap: (beneath) => {
      const kept = new Map<string, StoredEvent | undefined>();
      return changedAdapter(beneath, {
        latest: async (source) => {
          const key = JSON.stringify(source);
          const known = kept.get(key) ?? (await beneath.storage.latest(source));
          kept.set(key, known);
          setImmediate(() => kept.delete(key));
          return known;
        },
      });
    },
  },
  {
    rule: 15,
    fault: "takes the latest event of the category for that of the stream",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        latest: (source) =>
          beneath.storage.latest(source.kind === "stream" ? { kind: "category", category: source.category } : source),
      }),
  },
  {
    rule: 15,
    fault: "does not find an event by id",
    wrap: (beneath) => changedAdapter(beneath, { eventById: async () => undefined }),
  },
  {
    rule: 16,
    fault: "yields an empty page where there is nothing to list",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        categories: async function* (options) {
          let isEmpty = true;
          for await (const page of beneath.storage.categories(options)) {
            isEmpty = false;
            yield page;
          }
          if (isEmpty) yield [];
        },
      }),
  },
  {
    rule: 16,
    fault: "fails on a stream that was never written",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        scan: async function* (source, options) {
          if (source.kind === "stream" && (await beneath.storage.latest(source)) === undefined)
            throw new Error("no such stream");
          yield* beneath.storage.scan(source, options);
        },
      }),
  },
  {
    rule: 16,
    fault: "brings a category into being by reading it",
    wrap: (beneath) => {
      const read = new Set<string>();
      return changedAdapter(beneath, {
        scan: (source, options) => {
          if (source.kind !== "log") read.add(source.category);
          return beneath.storage.scan(source, options);
        },
        categories: async function* (options) {
          const names = new Set(read);
          for await (const page of beneath.storage.categories(options)) for (const name of page) names.add(name);
          if (names.size > 0) yield [...names].sort();
        },
      });
    },
  },
  { rule: 17, fault: "lists names in the order of UTF-16 units", wrap: listing((names) => names.toSorted()) },
  {
    rule: 17,
    fault: "lists names in the order of a language",
    wrap: listing((names) => names.toSorted((a, b) => a.localeCompare(b, "en"))),
  },
  {
    rule: 17,
    fault: "includes the name after which a listing should start",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        streams: async function* (category, { after, limit }) {
          if (after !== undefined) yield [after];
          yield* beneath.storage.streams(category, { after, limit });
        },
      }),
  },
  {
    rule: 17,
    fault: "lists a thousand names and no more",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        streams: (category, { after, limit }) =>
          beneath.storage.streams(category, { after, limit: Math.min(limit ?? 1_000, 1_000) }),
      }),
  },
];
