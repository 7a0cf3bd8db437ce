import type { JsonValue } from "@eventfold/types";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { documentSets, searchQueries, texts, unpagedQueries } from "../../testing/src/arbitraries/index.ts";
import { fingerprint } from "../src/cursor/fingerprint.ts";
import type { Clause, Cursor, InvalidCursorError, QueryDocument, SearchQuery, Sort } from "../src/index.ts";
import {
  and,
  compareText,
  countDocuments,
  filter,
  keysetPage,
  not,
  offsetPage,
  or,
  planSearch,
  printPath,
  searchDocuments,
  sortBy,
} from "../src/index.ts";
import { runs } from "./run-size.ts";

function document(x: unknown, id: string): QueryDocument {
  return { id, name: "thing", source: { kind: "log" }, state: x === undefined ? {} : { x }, metadata: null };
}

function everything(documents: readonly QueryDocument[], query: SearchQuery): readonly QueryDocument[] {
  return searchDocuments(documents, { ...query, paging: keysetPage({ size: 1000 }) }).items;
}

function* pagesForwards(documents: readonly QueryDocument[], query: SearchQuery, size: number) {
  for (let after: Cursor | undefined, isFirst = true; isFirst || after !== undefined; isFirst = false) {
    const page = searchDocuments(documents, { ...query, paging: keysetPage({ size, after }) });
    yield page;
    after = page.next;
  }
}

function printedOrder(query: SearchQuery): readonly string[] {
  return planSearch(query).order.map(
    ({ field, direction, nulls }) => `${field.kind === "path" ? printPath(field) : field.name} ${direction} ${nulls}`,
  );
}

function sortedValues(values: readonly unknown[], sort: Sort): readonly unknown[] {
  const documents = values.map((x, index) => document(x, String(index).padStart(3, "0")));
  return everything(documents, { sort: [sort] }).map(({ state }) => (state as { x?: JsonValue }).x);
}

describe("compareText", () => {
  it("orders as UTF-8 bytes do", () => {
    fc.assert(
      fc.property(texts, texts, (left, right) => {
        expect(Math.sign(compareText(left, right))).toBe(Buffer.compare(Buffer.from(left), Buffer.from(right)));
      }),
      { numRuns: runs(1000) },
    );
  });
});

describe("compareText by code points", () => {
  it.each([
    ["\uD000", "\uE000"],
    ["\uD7FF", "\u{10000}"],
    ["\uFFFF", "\u{10000}"],
    ["\u{103FE}", "\u{103FF}"],
    ["\uE000", "\uFFFF"],
    ["", "a"],
    ["a", "aa"],
  ])("%j comes before %j", (left, right) => {
    expect(compareText(left, right)).toBeLessThan(0);
    expect(compareText(right, left)).toBeGreaterThan(0);
  });
});

describe("searchDocuments", () => {
  it("answers every query about every state, and counts what it finds", () => {
    fc.assert(
      fc.property(documentSets, searchQueries, (documents, query) => {
        const page = searchDocuments(documents, query);
        const count = countDocuments(documents, { filters: query.filters });
        expect(page.items.length).toBeLessThanOrEqual(Math.min(count, query.paging?.size ?? 0));
        expect(new Set(page.items).size).toBe(page.items.length);
        if (page.next === undefined && page.previous === undefined) expect(page.items).toHaveLength(count);
      }),
      { numRuns: runs(1000) },
    );
  });
});

describe("sorting", () => {
  const inOrder = [
    -1,
    0,
    5e-324,
    2,
    10,
    "",
    "A",
    "a",
    "\uFF5E",
    "\u{1F600}",
    false,
    true,
    [],
    { a: 1 },
    [1],
    null,
    undefined,
  ];

  it("goes number, string, boolean, array and object, missing", () => {
    expect(sortedValues(inOrder.toReversed(), sortBy("state.x"))).toEqual([
      ...inOrder.slice(0, 12),
      ...[[1], { a: 1 }, []],
      ...[undefined, null],
    ]);
  });

  it("reverses all but the place of missing values, which is chosen", () => {
    const values = [1, "a", null, true, [1]];
    expect(sortedValues(values, sortBy("state.x", "desc"))).toEqual([[1], true, "a", 1, null]);
    expect(sortedValues(values, sortBy("state.x", "desc", { nulls: "first" }))).toEqual([null, [1], true, "a", 1]);
    expect(sortedValues(values, sortBy("state.x", "asc", { nulls: "first" }))).toEqual([null, 1, "a", true, [1]]);
  });

  it("breaks ties by id in the direction of the last field, ascending without one", () => {
    const documents = ["b", "\u{1F600}", "\uFF5E", "a"].map((id) => document(1, id));
    const ids = (query: SearchQuery) => everything(documents, query).map(({ id }) => id);
    expect(ids({})).toEqual(["a", "b", "\uFF5E", "\u{1F600}"]);
    expect(ids({ sort: [sortBy("state.x")] })).toEqual(["a", "b", "\uFF5E", "\u{1F600}"]);
    expect(ids({ sort: [sortBy("state.x", "asc"), sortBy("state.y", "desc")] })).toEqual([
      "\u{1F600}",
      "\uFF5E",
      "b",
      "a",
    ]);
  });

  it("appends the id, and the name unless the filters fix it", () => {
    const fields = (query: SearchQuery) =>
      planSearch(query).order.map(({ field }) => field.kind === "path" && field.segments[0]);
    expect(fields({ sort: [sortBy("state.x")] })).toEqual(["state", "id", "name"]);
    expect(fields({ filters: [filter("name", "equal", "thing")] })).toEqual(["id"]);
    expect(fields({ sort: [sortBy("id", "desc")], filters: [filter("name", "equal", "thing")] })).toEqual(["id"]);
  });

  it.each<[string, SearchQuery, readonly string[]]>([
    ["nothing", {}, ["id asc last", "name asc last"]],
    [
      "another field",
      { sort: [sortBy("state.x", "desc", { nulls: "first" })] },
      ["state.x desc first", "id desc last", "name desc last"],
    ],
    [
      "the name",
      { sort: [sortBy("name", "desc"), sortBy("state.x")] },
      ["name desc last", "state.x asc last", "id asc last"],
    ],
    ["the id", { sort: [sortBy("id", "desc")] }, ["id desc last", "name desc last"]],
  ])("by %s ends with the id and the name, each of which appears once", (_, query, expected) => {
    expect(printedOrder(query)).toEqual(expected);
  });

  const isThing = filter("name", "equal", "thing");

  it.each<[string, readonly Clause[], boolean]>([
    ["another filter besides it", [isThing, filter("state.x", "exists")], true],
    ["it in an and", [and(filter("state.x", "exists"), isThing)], true],
    ["it as one of two", [or(isThing, filter("state.x", "exists"))], false],
    ["its negation", [not(isThing)], false],
    ["a list of names", [filter("name", "in", ["thing"])], false],
    ["the beginning of the name", [filter("name", "starts_with", "thing")], false],
    ["a bound", [filter("name", "greater_than", "thing")], false],
    ["another field that is text", [filter("id", "equal", "thing")], false],
  ])("with %s among the filters knows whether there is one name", (_, filters, isFixed) => {
    expect(printedOrder({ filters })).toEqual(isFixed ? ["id asc last"] : ["id asc last", "name asc last"]);
  });

  it("is a strict total order, whatever the order the documents come in", () => {
    fc.assert(
      fc.property(documentSets, unpagedQueries, fc.infiniteStream(fc.nat()), (documents, query, random) => {
        const shuffled = documents.map((item) => ({ item, at: random.next().value as number }));
        shuffled.sort((left, right) => left.at - right.at);
        expect(
          everything(
            shuffled.map(({ item }) => item),
            query,
          ),
        ).toEqual(everything(documents, query));
      }),
      { numRuns: runs(500) },
    );
  });
});

describe("keyset pages", () => {
  it("partition the result forwards, and give the same pages backwards", () => {
    fc.assert(
      fc.property(documentSets, unpagedQueries, fc.integer({ min: 1, max: 6 }), (documents, query, size) => {
        const all = everything(documents, query);
        const pages = [...pagesForwards(documents, query, size)];
        expect(pages.flatMap(({ items }) => items)).toEqual(all);
        expect(pages.map(({ previous }) => previous !== undefined)).toEqual(pages.map((_, index) => index > 0));
        for (let index = pages.length - 1; index > 0; index--) {
          const before = pages[index]?.previous;
          const back = searchDocuments(documents, { ...query, paging: keysetPage({ size, before }) });
          expect(back).toEqual({ ...pages[index - 1], next: back.next });
          const again = searchDocuments(documents, { ...query, paging: keysetPage({ size, after: back.next }) });
          expect(again.items).toEqual(pages[index]?.items);
        }
      }),
      { numRuns: runs(1000) },
    );
  });

  it("go on where they were when the rows at the cursor are gone", () => {
    fc.assert(
      fc.property(documentSets, unpagedQueries, fc.integer({ min: 1, max: 4 }), (documents, query, size) => {
        const all = everything(documents, query);
        const first = searchDocuments(documents, { ...query, paging: keysetPage({ size }) });
        if (first.next === undefined) return;
        const remaining = documents.filter((item) => !first.items.includes(item));
        const next = searchDocuments(remaining, { ...query, paging: keysetPage({ size, after: first.next }) });
        expect(next.items).toEqual(all.slice(size, 2 * size));
        const back = searchDocuments(remaining, { ...query, paging: keysetPage({ size, before: next.previous }) });
        expect(back.items).toEqual([]);
        expect(back.previous).toBeUndefined();
        const forth = searchDocuments(remaining, { ...query, paging: keysetPage({ size, after: back.next }) });
        expect(forth.items).toEqual(next.items);
      }),
      { numRuns: runs(500) },
    );
  });

  it("lead back from an empty page at the end to the last rows", () => {
    const documents = ["a", "b", "c", "d"].map((id) => document(1, id));
    const first = searchDocuments(documents, { paging: keysetPage({ size: 3 }) });
    const empty = searchDocuments(documents.slice(0, 3), { paging: keysetPage({ size: 3, after: first.next }) });
    expect(empty).toMatchObject({ items: [], next: undefined });
    const last = searchDocuments(documents.slice(0, 3), { paging: keysetPage({ size: 2, before: empty.previous }) });
    expect(last.items.map(({ id }) => id)).toEqual(["b", "c"]);
    expect(last.next).toBeUndefined();
  });

  it("hold 100 items where nothing else is said", () => {
    const documents = Array.from({ length: 101 }, (_, index) => document(index, String(index)));
    const { items, next } = searchDocuments(documents, {});
    expect([items.length, next === undefined]).toEqual([100, false]);
    expect(planSearch({}).paging).toEqual({ kind: "keyset", size: 100 });
  });
});

describe("offset pages", () => {
  it("are slices of the whole, and go on as keyset pages", () => {
    fc.assert(
      fc.property(
        documentSets,
        unpagedQueries,
        fc.record({ size: fc.integer({ min: 1, max: 5 }), number: fc.integer({ min: 1, max: 5 }) }),
        (documents, query, { size, number }) => {
          const all = everything(documents, query);
          const page = searchDocuments(documents, { ...query, paging: offsetPage({ number, size }) });
          const start = (number - 1) * size;
          expect(page.items).toEqual(all.slice(start, start + size));
          if (page.next === undefined) return;
          const next = searchDocuments(documents, { ...query, paging: keysetPage({ size, after: page.next }) });
          expect(next.items).toEqual(all.slice(start + size, start + 2 * size));
        },
      ),
      { numRuns: runs(300) },
    );
  });
});

function base64Url(bytes: Buffer): Cursor {
  return bytes.toString("base64url");
}

/** A cursor with the right checksum, whatever it holds. */
function forged(body: unknown): Cursor {
  const text = JSON.stringify(body);
  return base64Url(Buffer.from(fingerprint(text) + text));
}

/** The bytes of a cursor in which a byte that is not valid UTF-8 replaces a character. */
function bytesWithout(cursor: Cursor, character: string): Buffer {
  const bytes = Buffer.from(cursor, "base64url");
  const at = bytes.indexOf(character);
  return Buffer.concat([bytes.subarray(0, at), Buffer.from([0xff]), bytes.subarray(at + Buffer.byteLength(character))]);
}

describe("the total of a page", () => {
  const documents = ["a", "b", "c", "d", "e"].map((id, index) => document(index, id));
  const query: SearchQuery = { filters: [filter("state.x", "greater_than", 0)] };

  it("is how many there are on all pages, on each of them, and absent unless it is asked for", () => {
    const first = searchDocuments(documents, { ...query, paging: keysetPage({ size: 3, withTotal: true }) });
    const second = searchDocuments(documents, {
      ...query,
      paging: keysetPage({ size: 3, after: first.next, withTotal: true }),
    });
    const third = searchDocuments(documents, { ...query, paging: offsetPage({ number: 3, size: 3, withTotal: true }) });
    expect([first, second, third].map(({ items, total }) => [items.length, total])).toEqual([
      [3, 4],
      [1, 4],
      [0, 4],
    ]);
    for (const paging of [keysetPage({ size: 3 }), offsetPage({ number: 1, size: 3, withTotal: false })]) {
      expect(searchDocuments(documents, { ...query, paging })).not.toHaveProperty("total");
    }
  });

  it("belongs to the same cursors as a page without it", () => {
    const { next } = searchDocuments(documents, { ...query, paging: keysetPage({ size: 3, withTotal: true }) });
    expect(searchDocuments(documents, { ...query, paging: keysetPage({ size: 3 }) }).next).toBe(next);
  });

  it("is asked for by a boolean", () => {
    const fault = { name: "InvalidQueryError", code: "INVALID_QUERY", path: "keysetPage.withTotal" };
    expect(() => keysetPage({ size: 3, withTotal: 1 as never })).toThrow(expect.objectContaining(fault));
    expect(() => offsetPage({ number: 1, size: 3, withTotal: "yes" as never })).toThrow(
      expect.objectContaining({ ...fault, path: "offsetPage.withTotal" }),
    );
  });
});

describe("a cursor", () => {
  const documents = ["a", "b", "c"].map((id, index) => document(index / 3, id));
  const query = { sort: [sortBy("state.x", "desc")] };
  const { next = "" } = searchDocuments(documents, { ...query, paging: keysetPage({ size: 1 }) });
  const owner = planSearch(query).fingerprint;

  function refusal(cursor: Cursor, changes: SearchQuery = {}): InvalidCursorError {
    try {
      searchDocuments(documents, { ...query, ...changes, paging: keysetPage({ size: 1, after: cursor }) });
    } catch (error) {
      return error as InvalidCursorError;
    }
    throw new Error(`${cursor} was accepted`);
  }

  /** The ids of the page after a cursor. */
  function ids(after: Cursor): readonly string[] {
    return searchDocuments(documents, { ...query, paging: keysetPage({ size: 5, after }) }).items.map(({ id }) => id);
  }

  it("is refused with another sort or other filters, but not with another size", () => {
    expect(refusal(next, { sort: [sortBy("state.x", "asc")] })).toMatchObject({
      code: "INVALID_CURSOR",
      reason: "other_query",
    });
    expect(refusal(next, { sort: [] }).reason).toBe("other_query");
    expect(refusal(next, { filters: [filter("state.x", "exists")] }).reason).toBe("other_query");
    expect(searchDocuments(documents, { ...query, paging: keysetPage({ size: 2, after: next }) }).items).toHaveLength(
      2,
    );
  });

  it("is refused when it is cut or changed anywhere", () => {
    for (let length = 0; length < next.length; length++) {
      expect(refusal(next.slice(0, length))).toMatchObject({ code: "INVALID_CURSOR", reason: "malformed" });
    }
    for (let index = 0; index < next.length - 1; index++) {
      const changed = next.slice(0, index) + (next[index] === "A" ? "B" : "A") + next.slice(index + 1);
      expect(refusal(changed).code).toBe("INVALID_CURSOR");
    }
  });

  it("is refused whatever text it is", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.base64String(),
          fc.string(),
          fc.json().map((text) => Buffer.from(text).toString("base64url")),
        ),
        (text) => {
          fc.pre(text.isWellFormed() && !text.includes("\0"));
          expect(refusal(text).code).toBe("INVALID_CURSOR");
        },
      ),
    );
  });

  it("that an earlier release gave still leads on", () => {
    const kept = "N2I4M2UxYWZlNTg5ODEwY1sxLCJjMThmYjI1MWE0YmI5OTg5IixbMC42NjY2NjY2NjY2NjY2NjY2LCJjIiwidGhpbmciXV0";
    expect(next).toBe(kept);
    expect(ids(kept)).toEqual(["b", "a"]);
  });

  it.each(["~~~???>>>", "\uFFFD\u{1F600}", "a".repeat(20_000)])("carries the id %j", (id) => {
    const subjects = [document(2, "0"), document(1, id), document(0, "0")];
    const page = searchDocuments(subjects, { ...query, paging: keysetPage({ size: 2 }) });
    const after = page.next ?? "";
    expect(after).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(searchDocuments(subjects, { ...query, paging: keysetPage({ size: 2, after }) }).items).toEqual([
      subjects[2],
    ]);
  });

  it.each([
    ["padding", (text: string) => `${text}=`],
    ["a blank before it", (text: string) => ` ${text}`],
    ["a line end after it", (text: string) => `${text}\n`],
    ["the letters of plain base64", (text: string) => text.replaceAll("-", "+").replaceAll("_", "/")],
    ["bytes that are not UTF-8", (text: string) => base64Url(bytesWithout(text, "\uFFFD"))],
  ])("is refused with %s", (_, spoilt) => {
    const good = forged([1, owner, [1, "\uFFFD~~~???>>>", "thing"]]);
    expect(ids(good)).toEqual(["c", "b", "a"]);
    expect(spoilt(good)).not.toBe(good);
    expect(refusal(spoilt(good))).toMatchObject({ code: "INVALID_CURSOR", reason: "malformed" });
  });

  it.each([
    ["number, text, text", [0.5, "b", "thing"]],
    ["boolean, text, text", [true, "", ""]],
    ["missing, text, text", [null, "b", "thing"]],
    ["list or object, text, text", [[], "b", "thing"]],
    ["text, text, text", ["\u{1F600}", "b", "thing"]],
    ["nothing: the beginning", null],
  ])("may hold %s", (_, position) => {
    expect(() => ids(forged([1, owner, position]))).not.toThrow();
  });

  it.each<[string, unknown]>([
    ["something that is not a list", 7],
    ["nothing at all", null],
    ["a text", "abc"],
    ["an object", { length: 3, 0: 1, 1: "x", 2: null }],
    ["two parts", [1, "OWNER"]],
    ["four parts", [1, "OWNER", null, null]],
    ["a position that is a text", [1, "OWNER", "abc"]],
    ["a position that is an object", [1, "OWNER", {}]],
    ["a position that is false", [1, "OWNER", false]],
    ["a position that is too short", [1, "OWNER", [1, "b"]]],
    ["a position that is too long", [1, "OWNER", [1, "b", "thing", "more"]]],
    ["a list that is not empty", [1, "OWNER", [["a"], "b", "thing"]]],
    ["an object to sort by", [1, "OWNER", [{}, "b", "thing"]]],
    ["an object with a length to sort by", [1, "OWNER", [{ length: 0 }, "b", "thing"]]],
    ["a NUL character", [1, "OWNER", ["a\0", "b", "thing"]]],
    ["a lone surrogate", [1, "OWNER", ["\ud800", "b", "thing"]]],
    ["an id that is not a text", [1, "OWNER", [1, 2, "thing"]]],
    ["an id that is missing", [1, "OWNER", [1, null, "thing"]]],
    ["a name that is not a text", [1, "OWNER", [1, "b", true]]],
    ["a name that is missing", [1, "OWNER", [1, "b", null]]],
  ])("is refused when somebody who knows the checksum forges %s", (_, body) => {
    const cursor = forged(Array.isArray(body) ? body.map((part) => (part === "OWNER" ? owner : part)) : body);
    expect(refusal(cursor)).toMatchObject({ code: "INVALID_CURSOR", reason: "malformed" });
  });

  it.each(["", "{", "[1,2,", "1e999", '[1,"x"'])("is refused when the forged body is %j", (body) => {
    expect(refusal(base64Url(Buffer.from(fingerprint(body) + body))).reason).toBe("malformed");
  });

  it.each([
    ["other_version", "another version of the library made it. Start again from the first page"],
    ["other_query", "it belongs to a query with other filters or another sort. Keep both while turning pages"],
    [
      "malformed",
      "it is not one that a page gave, or was changed or cut since. Pass `next` or `previous` of a page unchanged",
    ],
  ])("is refused with the reason %s, and what to do", (reason, advice) => {
    const cursors = { other_version: [2, owner, null], other_query: [1, "0123456789abcdef", null], malformed: [] };
    const error = refusal(forged(cursors[reason as InvalidCursorError["reason"]]));
    expect(error).toMatchObject({ code: "INVALID_CURSOR", reason, message: `The cursor cannot be used: ${advice}.` });
  });

  it("keeps the last digit of a number", () => {
    const second = searchDocuments(documents, { ...query, paging: keysetPage({ size: 1, after: next }) });
    expect(second.items[0]?.id).toBe("b");
  });
});
