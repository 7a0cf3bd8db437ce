import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isWithinBounds } from "../src/adapter/index.ts";
import { type EventQuery, eventsMatch, type StoredEvent, taggedWith } from "../src/index.ts";
import { boundsOf } from "../src/scan-bounds.ts";

const items = (query: EventQuery): unknown => query.items;

describe("eventsMatch", () => {
  it("makes an immutable query of items, whose lists have no duplicates", () => {
    const names = ["opened", "opened", "closed"];
    const query = eventsMatch({ names, tags: ["a", "b", "a"] }, { tags: ["c"] });
    names.push("later");
    expect(query).toEqual({
      kind: "events-match",
      items: [{ names: ["opened", "closed"], tags: ["a", "b"] }, { tags: ["c"] }],
    });
    for (const part of [query, query.items, query.items[0], query.items[0]?.names, query.items[0]?.tags]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
    expect(eventsMatch(JSON.parse(JSON.stringify(query)) as EventQuery)).toEqual(query);
  });

  it("takes queries as items, for theirs", () => {
    const query = eventsMatch({ names: ["enrolled"], tags: ["course:c1"] }, taggedWith("student:s9", "paid"));
    expect(items(query)).toEqual([{ names: ["enrolled"], tags: ["course:c1"] }, { tags: ["student:s9", "paid"] }]);
    expect(items(eventsMatch(query, { names: ["x"] }))).toEqual([...query.items, { names: ["x"] }]);
  });

  it("takes 100 items and 100 tags, and no more", () => {
    const each = (n: number) => ({ tags: [`t${n}`] });
    const [first = each(0), ...rest] = Array.from({ length: 101 }, (_, n) => each(n));
    expect(eventsMatch(first, ...rest.slice(0, 99)).items).toHaveLength(100);
    expect(() => eventsMatch(first, ...rest)).toThrow("A query may have at most 100 items, but it has 101.");
    expect(() => eventsMatch(eventsMatch(first, ...rest.slice(0, 60)), ...rest)).toThrow(RangeError);
    const tags = Array.from({ length: 101 }, (_, n) => `t${n}`);
    expect(eventsMatch({ tags: tags.slice(1) }).items[0]?.tags).toHaveLength(100);
    expect(() => eventsMatch({ tags })).toThrow("An item may have at most 100 tags, as an event, but it has 101.");
  });

  it.each<readonly [string, unknown]>([
    ["RangeError: An item of a query needs a name or a tag.", {}],
    ["RangeError: The tags of a query must not be empty: leave them out, or name at least one.", { tags: [] }],
    [
      "RangeError: The names of a query must not be empty: leave them out, or name at least one.",
      { names: [], tags: ["a"] },
    ],
    ["TypeError: The tags of a query must be an array, got string.", { tags: "a" }],
    ["TypeError: The names of a query must be an array, got object.", { names: { 0: "a" } }],
    ["TypeError: An item of a query must be an object, got null.", null],
    ["TypeError: An item of a query must be an object, got string.", "tag"],
    ["RangeError: The items of a query must not be empty: leave them out, or name at least one.", query([])],
    ["TypeError: The items of a query must be an array, got undefined.", query(undefined)],
    ['InvalidNameError: Invalid tag "": it is empty.', { tags: [""] }],
    ['InvalidNameError: Invalid tag "a\\u0000": it contains a control character.', { tags: ["a\u0000"] }],
    ['InvalidNameError: Invalid tag "\\ud800": it contains a lone surrogate.', { tags: ["\ud800"] }],
    ["InvalidNameError: Invalid tag: expected a string, got number.", { tags: [1] }],
    ['InvalidNameError: Invalid event name "": it is empty.', { names: [""] }],
  ])("refuses with %s", (message, item) => {
    expect(refusalOf(() => eventsMatch(item as never))).toBe(message);
  });
});

function refusalOf(call: () => unknown): string {
  try {
    return `no refusal, but ${JSON.stringify(call())}`;
  } catch (error) {
    return String(error);
  }
}

function query(items: unknown): unknown {
  return { kind: "events-match", items };
}

describe("queries as constraints", () => {
  it("come to one list of items", () => {
    const bounds = boundsOf([eventsMatch({ names: ["a"] }, { tags: ["x"] }), taggedWith("y", "z")], "log");
    expect(bounds).toEqual({ matching: [{ names: ["a"], tags: ["y", "z"] }, { tags: ["x", "y", "z"] }] });
  });

  it("leave out items that another one makes superfluous", () => {
    const wide = { names: ["a", "b"], tags: ["x"] };
    const bounds = boundsOf(
      [eventsMatch({ names: ["a"], tags: ["x"] }, wide, { names: ["b", "a"], tags: ["y", "x"] }, wide)],
      "log",
    );
    expect(bounds.matching).toEqual([wide]);
  });

  it("admit nothing where no event can match all", () => {
    expect(boundsOf([eventsMatch({ names: ["a"] }), eventsMatch({ names: ["b"] })], "log").matching).toEqual([]);
    const tags = (from: number): EventQuery => {
      const [first = "", ...rest] = Array.from({ length: 60 }, (_, n) => `t${from + n}`);
      return taggedWith(first, ...rest);
    };
    expect(boundsOf([tags(0), tags(60)], "log").matching).toEqual([]);
    expect(boundsOf([tags(0), tags(40)], "log").matching?.[0]?.tags).toHaveLength(100);
  });

  it("are refused where they come to more than 100 items, and to none of those that fewer make superfluous", () => {
    const many = (prefix: string, count: number): EventQuery => {
      const [first, ...rest] = Array.from({ length: count }, (_, n) => ({ tags: [`${prefix}${n}`] }));
      return eventsMatch(first ?? { tags: [prefix] }, ...rest);
    };
    expect(boundsOf([many("a", 10), many("b", 10)], "log").matching).toHaveLength(100);
    expect(() => boundsOf([many("a", 100), many("b", 100)], "log")).toThrow(
      "The queries together come to more than 100 items. Constrain by fewer queries, or by smaller ones.",
    );
    expect(boundsOf([many("a", 100), many("a", 100)], "log").matching).toHaveLength(100);
  });

  it("are what all of them are one by one, whatever they are and in whatever order", () => {
    const letters: fc.Arbitrary<string> = fc.constantFrom("a", "b", "c", "__proto__");
    const lists = fc.option(fc.uniqueArray(letters, { minLength: 1, maxLength: 3 }), { nil: undefined });
    const someItems = fc
      .record({ names: lists, tags: lists })
      .filter(({ names, tags }) => names !== undefined || tags !== undefined);
    const queries = fc
      .array(someItems, { minLength: 1, maxLength: 3 })
      .map(([first, ...rest]) => eventsMatch(first ?? { names: ["a"] }, ...rest));
    const events = fc.record({ name: letters, tags: fc.uniqueArray(letters) }).map((own) => ({ ...EVENT, ...own }));
    fc.assert(
      fc.property(fc.array(queries, { maxLength: 3 }), fc.array(events), (constraints, log) => {
        const together = boundsOf(constraints, "log");
        for (const event of log) {
          const holds = constraints.every((constraint) => isWithinBounds(event, boundsOf([constraint], "log")));
          expect(isWithinBounds(event, together)).toBe(holds);
          const alone = constraints.every(({ items: all }) =>
            all.some(
              ({ names, tags = [] }) =>
                (names === undefined || names.some((name) => name === event.name)) &&
                tags.every((tag) => event.tags.includes(tag)),
            ),
          );
          expect(holds).toBe(alone);
        }
      }),
    );
  });
});

const EVENT: StoredEvent = {
  id: "00000000-0000-7000-8000-000000000001",
  name: "a",
  payload: null,
  metadata: null,
  version: 1,
  observedAt: new Date(0),
  occurredAt: new Date(0),
  tags: [],
  category: "c",
  stream: "s",
  position: 0,
  sequenceNumber: 1,
};
