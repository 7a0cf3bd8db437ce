import type { StoredEvent } from "@eventfold/store";
import type { JsonValue } from "@eventfold/types";
import type { BrokenAdapter } from "../broken-adapter.ts";
import { changedAdapter } from "../changed-adapter.ts";
import { readsThrough } from "../changed-reads.ts";

/** An adapter that reads values changed. */
function misreading(change: (event: StoredEvent) => Partial<StoredEvent>): BrokenAdapter["wrap"] {
  return (beneath) =>
    changedAdapter(
      beneath,
      readsThrough(beneath.storage, (event) => ({ ...event, ...change(event) })),
    );
}

function everywhere(value: JsonValue, change: (value: JsonValue) => JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item) => everywhere(item, change));
  if (typeof value !== "object" || value === null) return change(value);
  return change(Object.fromEntries(Object.entries(value).map(([key, member]) => [key, everywhere(member, change)])));
}

function withSortedKeys(value: JsonValue): JsonValue {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1)));
}

function withShortKeysFirst(value: JsonValue): JsonValue {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a.length - b.length));
}

const toSecond = (time: Date): Date => new Date(Math.floor(time.getTime() / 1_000) * 1_000);

/** What is wrong with the names, payloads and times of these: rules 8, 9 and 10. */
export const brokenValues: readonly BrokenAdapter[] = [
  namesThrough("compares names without regard to case", (name) => name.toLowerCase()),
  namesThrough("normalises names", (name) => name.normalize("NFC")),
  namesThrough("drops spaces at the end of names", (name) => name.trimEnd()),
  namesThrough("cuts names to 255 UTF-16 units", (name) => name.slice(0, 255)),
  {
    rule: 8,
    fault: "shows the library's own categories in the log",
    wrap: (beneath) => {
      const shown = (category: string): string => category.replace(/^\$/, "own-");
      return changedAdapter(beneath, {
        save: ({ writes }) =>
          beneath.storage.save({ writes: writes.map((write) => ({ ...write, category: shown(write.category) })) }),
      });
    },
  },
  {
    rule: 9,
    fault: "sorts the keys of payloads, as jsonb does",
    wrap: misreading(({ payload }) => ({ payload: everywhere(payload, withSortedKeys) })),
  },
  {
    rule: 9,
    fault: "sorts the keys of metadata, as jsonb does",
    wrap: misreading(({ metadata }) => ({ metadata: everywhere(metadata, withSortedKeys) })),
  },
  {
    rule: 9,
    fault: "puts short keys before long ones",
    wrap: misreading(({ payload }) => ({ payload: everywhere(payload, withShortKeysFirst) })),
  },
  {
    rule: 9,
    fault: "sorts the keys of payloads in what it finds by id",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        eventById: async (id) => {
          const event = await beneath.storage.eventById(id);
          return event && { ...event, payload: everywhere(event.payload, withSortedKeys) };
        },
      }),
  },
  {
    rule: 9,
    fault: "keeps 15 digits of numbers",
    wrap: misreading(({ payload }) => ({
      payload: everywhere(payload, (value) => (typeof value === "number" ? Number(value.toPrecision(15)) : value)),
    })),
  },
  {
    rule: 9,
    fault: "drops members called __proto__",
    wrap: misreading(({ payload }) => ({
      payload: everywhere(payload, (value) => {
        if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
        return Object.fromEntries(Object.entries(value).filter(([key]) => key !== "__proto__"));
      }),
    })),
  },
  {
    rule: 9,
    fault: "normalises text",
    wrap: misreading(({ payload }) => ({
      payload: everywhere(payload, (value) => (typeof value === "string" ? value.normalize("NFC") : value)),
    })),
  },
  {
    rule: 9,
    fault: "cuts text at 64 KB",
    wrap: misreading(({ payload }) => ({
      payload: everywhere(payload, (value) => (typeof value === "string" ? value.slice(0, 2 ** 16) : value)),
    })),
  },
  {
    rule: 9,
    fault: "takes metadata that is false, 0 or empty for none",
    wrap: misreading(({ metadata }) => ({ metadata: metadata || null })),
  },
  {
    rule: 9,
    fault: "hands the same changeable payload to every reader",
    wrap: (beneath) => {
      const shared = new Map<string, StoredEvent>();
      const kept = (event: StoredEvent): StoredEvent => {
        const known = shared.get(event.id) ?? structuredClone(event);
        shared.set(event.id, known);
        return known;
      };
      return changedAdapter(beneath, readsThrough(beneath.storage, kept));
    },
  },
  {
    rule: 10,
    fault: "drops the milliseconds",
    wrap: misreading(({ observedAt, occurredAt }) => ({
      observedAt: toSecond(observedAt),
      occurredAt: toSecond(occurredAt),
    })),
  },
  {
    rule: 10,
    fault: "takes occurredAt for observedAt",
    wrap: misreading(({ occurredAt }) => ({ observedAt: occurredAt })),
  },
  {
    rule: 10,
    fault: "moves the years before 100 into the twentieth century",
    wrap: misreading(({ observedAt }) => {
      if (observedAt.getUTCFullYear() >= 100) return {};
      const moved = new Date(observedAt);
      moved.setUTCFullYear(observedAt.getUTCFullYear() + 1_900);
      return { observedAt: moved };
    }),
  },
];

/** An adapter that changes the names of streams on their way in, of events too. */
function namesThrough(fault: string, change: (name: string) => string): BrokenAdapter {
  return {
    rule: 8,
    fault,
    wrap: (beneath) =>
      changedAdapter(beneath, {
        save: ({ writes }) =>
          beneath.storage.save({ writes: merged(writes.map((write) => ({ ...write, stream: change(write.stream) }))) }),
        scan: (source, options) =>
          beneath.storage.scan(
            source.kind === "stream" ? { ...source, stream: change(source.stream) } : source,
            options,
          ),
      }),
  };
}

/** One write per stream, where names that were apart have become one. */
function merged<T extends { readonly category: string; readonly stream: string; readonly events: readonly unknown[] }>(
  writes: readonly T[],
): T[] {
  const byName = new Map<string, T>();
  for (const write of writes) {
    const key = JSON.stringify([write.category, write.stream]);
    const before = byName.get(key);
    byName.set(key, before === undefined ? write : { ...before, events: [...before.events, ...write.events] });
  }
  return [...byName.values()];
}
