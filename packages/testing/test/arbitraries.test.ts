import { countDocuments, parseQuery, parseRegex } from "@eventfold/query";
import { eventList } from "@eventfold/store";
import { jsonFormOf } from "@eventfold/store/adapter";
import {
  categoryNames,
  documentSets,
  eventNames,
  eventQueries,
  newEvents,
  newEventsOf,
  patterns,
  searchQueries,
  sourceConstraints,
  sourceIdentifiers,
  storableProjections,
  storedEvents,
  storedStreams,
  streamConstraints,
  streamNames,
  tags,
  unpagedQueries,
  writeConditions,
} from "@eventfold/testing/arbitraries";
import {
  checkedName,
  eventTimeMs,
  parseJson,
  parseSourceIdentifier,
  parseStoredEvent,
  printSourceIdentifier,
  printStoredEvent,
} from "@eventfold/types";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const stream = { kind: "stream", category: "c", stream: "s" } as const;

/** Tries a property on what an arbitrary makes. */
function holds<T>(values: fc.Arbitrary<T>, property: (value: T) => unknown): void {
  fc.assert(
    fc.property(values, (value) => {
      property(value);
    }),
  );
}

describe("the arbitraries", () => {
  it("make names that the rules allow, and long ones", () => {
    holds(categoryNames, (name) => checkedName("category", name));
    holds(streamNames, (name) => checkedName("stream", name));
    holds(eventNames, (name) => checkedName("event", name));
    holds(tags, (tag) => checkedName("tag", tag));
    const lengths = fc.sample(streamNames, { numRuns: 1_000, seed: 1 }).map((name) => [...name].length);
    expect(Math.max(...lengths)).toBeGreaterThan(100);
  });

  it("make identifiers that survive printing", () => {
    holds(sourceIdentifiers, (source) =>
      expect(parseSourceIdentifier(printSourceIdentifier(source))).toStrictEqual({ ...source }),
    );
  });

  it("make new events that can be published", () => {
    holds(newEvents, ({ payload, metadata = null, observedAt = new Date(0), tags: own = [] }) => {
      jsonFormOf(payload, () => ["payload"]);
      jsonFormOf(metadata, () => ["metadata"]);
      expect(eventTimeMs(observedAt)).toBeDefined();
      for (const tag of own) checkedName("tag", tag);
    });
  });

  it("make new events of a table of payloads", () => {
    const events = newEventsOf<{ opened: { owner: string }; closed: null }>({
      opened: fc.record({ owner: fc.string() }),
      closed: fc.constant(null),
    });
    expect(new Set(fc.sample(events, { numRuns: 100, seed: 1 }).map(({ name }) => name))).toEqual(
      new Set(["opened", "closed"]),
    );
  });

  it("make stored events as they can be, alone and in streams", () => {
    holds(storedEvents, (event) => {
      const printed = printStoredEvent(event);
      expect(printStoredEvent(parseStoredEvent(printed))).toBe(printed);
      expect(event.sequenceNumber).toBeGreaterThan(event.position);
    });
    holds(storedStreams, (events) => {
      expect(events.map(({ position }) => position)).toStrictEqual(events.map((_, index) => index));
      const numbers = events.map(({ sequenceNumber }) => sequenceNumber);
      expect(numbers).toStrictEqual([...new Set(numbers)].sort((a, b) => a - b));
    });
  });

  it("make constraints that streams and other sources take", async () => {
    const log = eventList(fc.sample(storedStreams, { numRuns: 1, seed: 1 })[0] ?? []);
    await fc.assert(
      fc.asyncProperty(sourceConstraints, async (constraint) => void (await log.read({ constraints: [constraint] }))),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(streamConstraints), async (constraints) => {
        const source = eventList([], stream);
        for await (const _ of source.scan({ constraints: constraints as never })) throw new Error("It is empty.");
      }),
    );
  });

  it("make queries by which a source is read", async () => {
    const [event] = fc.sample(storedEvents, { numRuns: 1, seed: 1 });
    const log = eventList(event === undefined ? [] : [{ ...event, tags: ["account:1", "account:2", "a"] }]);
    const found = fc.sample(eventQueries, { numRuns: 300, seed: 1 }).map((query) => log.read({ constraints: [query] }));
    const counts = (await Promise.all(found)).map(({ length }) => length);
    expect(new Set(counts)).toEqual(new Set([0, 1]));
  });

  it("make conditions of every closed kind", () => {
    const kinds = new Set(fc.sample(writeConditions, { numRuns: 500, seed: 1 }).map(({ kind }) => kind));
    expect(kinds).toEqual(
      new Set(["no-condition", "stream-is-empty", "stream-exists", "position-is", "all-of", "any-of", "not"]),
    );
  });

  it("make regular expressions within the limits of a query", () => {
    fc.assert(
      fc.property(patterns, (pattern) => {
        parseRegex(pattern);
      }),
      { numRuns: 4_000, seed: 56 }, // one of which would be too long, were it not left out
    );
  });

  it("make projections, documents and queries that can be asked", () => {
    holds(storableProjections, ({ state }) => jsonFormOf(state, () => ["state"]));
    holds(searchQueries, (query) => parseQuery(parseJson(JSON.stringify(query))));
    fc.assert(
      fc.property(documentSets, unpagedQueries, (documents, { filters }) => {
        expect(countDocuments(documents, { filters: filters ?? [] } as never)).toBeLessThanOrEqual(documents.length);
      }),
    );
  });
});
