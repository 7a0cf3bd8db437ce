import type { JsonValue } from "@eventfold/types";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { documentSets, searchQueries, texts, unpagedQueries } from "../../testing/src/arbitraries/index.ts";
import type { Cursor, InvalidCursorError, QueryDocument, SearchQuery, Sort } from "../src/index.ts";
import {
  compareText,
  countDocuments,
  filter,
  keysetPage,
  offsetPage,
  planSearch,
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
      { numRuns: runs(2000) },
    );
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

describe("a cursor", () => {
  const documents = ["a", "b", "c"].map((id, index) => document(index / 3, id));
  const query = { sort: [sortBy("state.x", "desc")] };
  const { next = "" } = searchDocuments(documents, { ...query, paging: keysetPage({ size: 1 }) });

  function refusal(cursor: Cursor, changes: SearchQuery = {}): InvalidCursorError {
    try {
      searchDocuments(documents, { ...query, ...changes, paging: keysetPage({ size: 1, after: cursor }) });
    } catch (error) {
      return error as InvalidCursorError;
    }
    throw new Error(`${cursor} was accepted`);
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

  it("keeps the last digit of a number", () => {
    const second = searchDocuments(documents, { ...query, paging: keysetPage({ size: 1, after: next }) });
    expect(second.items[0]?.id).toBe("b");
  });
});
