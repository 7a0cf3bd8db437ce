import type { EventStorageAdapter, StoredEvent } from "@eventfold/store";
import type { EventQueryItem, ScanBounds } from "@eventfold/store/adapter";
import type { BrokenAdapter } from "../broken-adapter.ts";
import { changedAdapter } from "../changed-adapter.ts";
import { readsThrough } from "../changed-reads.ts";

/** An adapter that gives back tags changed. */
function retagging(change: (tags: readonly string[]) => readonly string[]): BrokenAdapter["wrap"] {
  return (beneath) =>
    changedAdapter(
      beneath,
      readsThrough(beneath.storage, (event) => ({ ...event, tags: change(event.tags) })),
    );
}

/** An adapter whose scans look for other items than they were asked for. */
function scanningFor(
  change: (items: readonly EventQueryItem[], bounds: ScanBounds) => Partial<ScanBounds>,
): BrokenAdapter["wrap"] {
  return (beneath) =>
    changedAdapter(beneath, {
      scan: (source, options) => {
        const { bounds } = options;
        if (bounds.matching === undefined) return beneath.storage.scan(source, options);
        return beneath.storage.scan(source, { ...options, bounds: { ...bounds, ...change(bounds.matching, bounds) } });
      },
    });
}

/** An adapter that keeps tags in another form than it was given, and looks for them in that form. */
function keepingTagsAs(beneath: EventStorageAdapter, formOf: (tag: string) => string): EventStorageAdapter {
  const given = new Map<string, readonly string[]>();
  const read = (event: StoredEvent): StoredEvent => ({ ...event, tags: given.get(event.id) ?? event.tags });
  return changedAdapter(beneath, {
    ...readsThrough(beneath.storage, read),
    save: async (request) => {
      const writes = request.writes.map((write) => ({
        ...write,
        events: write.events.map((event) => {
          given.set(event.id, event.tags);
          return { ...event, tags: [...new Set(event.tags.map(formOf))] };
        }),
      }));
      const result = await beneath.storage.save({ ...request, writes });
      return "events" in result ? { ...result, events: result.events.map((events) => events.map(read)) } : result;
    },
    scan: async function* (source, options) {
      const matching = options.bounds.matching?.map(({ tags, ...item }) => ({
        ...item,
        ...(tags && { tags: tags.map(formOf) }),
      }));
      const bounds = { ...options.bounds, matching };
      for await (const page of beneath.storage.scan(source, { ...options, bounds })) yield page.map(read);
    },
  });
}

/** What is wrong with the tags of these, and with how they look for them: rules 24 and 25. */
export const brokenTags: readonly BrokenAdapter[] = [
  { rule: 24, fault: "loses the tags of events", wrap: retagging(() => []) },
  { rule: 24, fault: "sorts the tags of events", wrap: retagging((tags) => tags.toSorted()) },
  {
    rule: 24,
    fault: "keeps tags as one text, with commas between them",
    wrap: retagging((tags) => tags.join(",").split(",")),
  },
  {
    rule: 24,
    fault: "reads the tag NULL as none",
    wrap: retagging((tags) => tags.filter((tag) => tag !== "NULL")),
  },
  {
    rule: 24,
    fault: "keeps 64 tags of an event",
    wrap: retagging((tags) => tags.slice(0, 64)),
  },
  {
    rule: 24,
    fault: "cuts tags to 255 UTF-16 units",
    wrap: retagging((tags) => tags.map((tag) => tag.slice(0, 255))),
  },
  {
    rule: 24,
    fault: "keeps tags as the members of an object",
    wrap: retagging((tags) => {
      const members: Record<string, boolean> = {};
      for (const tag of tags) members[tag] = true;
      return Object.keys(members);
    }),
  },
  {
    rule: 24,
    fault: "finds no tags of an event that it looks up by id",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        eventById: async (id) => {
          const event = await beneath.storage.eventById(id);
          return event && { ...event, tags: [] };
        },
      }),
  },
  {
    rule: 24,
    fault: "gives all events of a publish the tags of the first",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        save: (request) => {
          const [first] = request.writes.flatMap(({ events }) => events);
          const tags = first?.tags ?? [];
          const writes = request.writes.map((write) => ({
            ...write,
            events: write.events.map((event) => ({ ...event, tags })),
          }));
          return beneath.storage.save({ ...request, writes });
        },
      }),
  },
  {
    rule: 24,
    fault: "answers a repeat with the tags that it was given",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        save: async (request) => {
          const result = await beneath.storage.save(request);
          if (result.kind !== "repeat") return result;
          const given = new Map(request.writes.flatMap(({ events }) => events.map(({ id, tags }) => [id, tags])));
          return {
            ...result,
            events: result.events.map((events) =>
              events.map((event) => ({ ...event, tags: given.get(event.id) ?? event.tags })),
            ),
          };
        },
      }),
  },
  { rule: 25, fault: "takes no notice of queries", wrap: scanningFor(() => ({ matching: undefined })) },
  {
    rule: 25,
    fault: "is content with one of the tags of an item",
    wrap: scanningFor((items) => ({
      matching: items.flatMap(({ tags, ...item }) => tags?.map((tag) => ({ ...item, tags: [tag] })) ?? [item]),
    })),
  },
  {
    rule: 25,
    fault: "looks for the first item alone",
    wrap: scanningFor((items) => ({ matching: items.slice(0, 1) })),
  },
  {
    rule: 25,
    fault: "takes no notice of the names of items with tags",
    wrap: scanningFor((items) => ({
      matching: items.map((item) => (item.tags === undefined ? item : { tags: item.tags })),
    })),
  },
  {
    rule: 25,
    fault: "takes no notice of the other names where there is a query",
    wrap: scanningFor(() => ({ names: undefined })),
  },
  {
    rule: 25,
    fault: "admits everything by an empty list of items",
    wrap: scanningFor((items) => ({ matching: items.length === 0 ? undefined : items })),
  },
  {
    rule: 25,
    fault: "compares tags without regard to case",
    wrap: (beneath) => keepingTagsAs(beneath, (tag) => tag.toLowerCase()),
  },
  {
    rule: 25,
    fault: "normalises tags",
    wrap: (beneath) => keepingTagsAs(beneath, (tag) => tag.normalize("NFC")),
  },
  {
    rule: 25,
    fault: "drops spaces at the ends of tags",
    wrap: (beneath) => keepingTagsAs(beneath, (tag) => tag.trim()),
  },
  {
    rule: 25,
    fault: "limits a scan before it looks for a query",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        scan: async function* (source, options) {
          const { matching } = options.bounds;
          if (matching === undefined) return yield* beneath.storage.scan(source, options);
          const wanted = new Set<string>();
          for await (const page of beneath.storage.scan(source, { ...options, limit: undefined })) {
            for (const { id } of page) wanted.add(id);
          }
          const bounds = { ...options.bounds, matching: undefined };
          for await (const page of beneath.storage.scan(source, { ...options, bounds })) {
            const shown = page.filter(({ id }) => wanted.has(id));
            if (shown.length > 0) yield shown;
          }
        },
      }),
  },
  {
    rule: 25,
    fault: "shows an event once for each item that it matches",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        scan: async function* (source, options) {
          for (const item of options.bounds.matching ?? [undefined]) {
            const bounds = { ...options.bounds, matching: item && [item] };
            yield* beneath.storage.scan(source, { ...options, bounds });
          }
        },
      }),
  },
];
