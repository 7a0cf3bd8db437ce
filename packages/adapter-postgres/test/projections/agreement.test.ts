import { PostgresProjectionStorageAdapter } from "@eventfold/adapter-postgres/projections";
import type { ProjectionStorage } from "@eventfold/projections";
import {
  type Cursor,
  countDocuments,
  filter,
  keysetPage,
  offsetPage,
  type Page,
  pageOf,
  planCount,
  planSearch,
  type QueryDocument,
  type SearchQuery,
  searchDocuments,
  sortBy,
} from "@eventfold/query";
import { documentSets, scalars, searchQueries, texts, unpagedQueries } from "@eventfold/testing/arbitraries";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testServer } from "../test-server.ts";
import { writeOf } from "./prepared.ts";

const server = await testServer();
let adapter: PostgresProjectionStorageAdapter;

beforeAll(async () => {
  adapter = await PostgresProjectionStorageAdapter.open({ connectionString: server.connectionString });
});
afterAll(() => adapter.close());

const everything = { name: undefined, projectorVersion: undefined };
const QUERIES_A_ROUND = 20;
/** A hundred times as many when EVENTFOLD_SOAK is set. */
const runs = (everyday: number) => (process.env.EVENTFOLD_SOAK ? everyday * 100 : everyday);
const seed = Number(process.env.EVENTFOLD_SEED ?? Date.now() % 2 ** 31);
console.log(`seed of the generated queries: ${seed} (EVENTFOLD_SEED)`);

async function replaceAll(documents: readonly QueryDocument[]): Promise<void> {
  for (const name of ["account", "order"]) await adapter.storage.clear({ name, projectorVersion: undefined });
  if (documents.length > 0) await adapter.storage.save({ writes: documents.map((document) => writeOf(document)) });
}

async function search(storage: ProjectionStorage, query: SearchQuery): Promise<Page<QueryDocument>> {
  const plan = planSearch(query);
  return pageOf(plan, await storage.search({ ...everything, plan }));
}

function keysOf({ items, next, previous }: Page<QueryDocument>) {
  return { items: items.map(({ name, id }) => ({ name, id })), next, previous };
}

/** The same query about the same documents, with a long beginning before every text of theirs: where sort keys are cut. */
function stretched<T>(value: T): T {
  const beginning = "long".repeat(24);
  return JSON.parse(JSON.stringify(value), (member, inner) =>
    typeof inner === "string" && (member === "value" || member === "v" || /^\d+$/.test(member))
      ? beginning + inner
      : inner,
  );
}

const sized = (queries: fc.Arbitrary<SearchQuery<unknown>>) =>
  fc.array(queries, { minLength: QUERIES_A_ROUND, maxLength: QUERIES_A_ROUND });

async function expectAgreement(documents: readonly QueryDocument[], queries: readonly SearchQuery[]): Promise<number> {
  let found = 0;
  await Promise.all(
    queries.map(async (query) => {
      const filters = query.filters ?? [];
      const [page, count] = await Promise.all([
        search(adapter.storage, query),
        adapter.storage.count({ ...everything, plan: planCount({ filters }) }),
      ]);
      expect(keysOf(page)).toEqual(keysOf(searchDocuments(documents, query)));
      expect(count).toBe(countDocuments(documents, { filters }));
      found += count;
    }),
  );
  return found;
}

describe("a generated query", () => {
  it("finds the same items, in the same order, on the same pages, and as many as the reference", async () => {
    let found = 0;
    await fc.assert(
      fc.asyncProperty(fc.tuple(documentSets, sized(searchQueries)), async ([documents, queries]) => {
        await replaceAll(documents);
        found += await expectAgreement(documents, queries);
      }),
      { numRuns: runs(2000 / QUERIES_A_ROUND), seed },
    );
    expect(found).toBeGreaterThan(2000);
  });

  it("agrees about texts longer than a sort key too", async () => {
    const values = fc.record({ id: fc.uuid(), v: fc.oneof(texts, texts, scalars) });
    const documents = fc.uniqueArray(values, { maxLength: 25, selector: ({ id }) => id });
    const operators = fc.constantFrom(...COMPARING);
    const clause = fc.record({ operator: operators, operand: texts, more: fc.array(texts, { maxLength: 3 }) });
    const directions = fc.record({
      direction: fc.constantFrom("asc" as const, "desc" as const),
      nulls: fc.constantFrom("first" as const, "last" as const),
    });
    await fc.assert(
      fc.asyncProperty(
        documents,
        fc.array(fc.tuple(clause, directions), { minLength: 10, maxLength: 10 }),
        async (rows, asked) => {
          const stored = rows.map(({ id, v }) => longDocument(id, stretched({ v }).v));
          await replaceAll(stored);
          const queries = asked.map(([{ operator, operand, more }, { direction, nulls }]) => ({
            filters: [
              operator === "in"
                ? filter("state.v" as never, "in", stretched([operand, ...more]) as never)
                : filter("state.v" as never, operator, stretched({ value: operand }).value as never),
            ],
            sort: [sortBy("state.v" as never, direction, { nulls })],
          }));
          await expectAgreement(stored, queries);
          await Promise.all(
            asked.map(([, order]) =>
              expectPages(stored, { sort: [sortBy("state.v" as never, order.direction, order)] }),
            ),
          );
        },
      ),
      { numRuns: runs(20), seed },
    );
  });
});

const COMPARING = [
  ...(["equal", "not_equal", "greater_than", "greater_than_or_equal", "less_than", "less_than_or_equal"] as const),
  ...(["starts_with", "in"] as const),
];

function longDocument(id: string, v: unknown): QueryDocument {
  return { id, name: "account", source: { kind: "log" }, state: { v }, metadata: null };
}

/** All pages of a search, one after the other, in either direction. */
async function* pages(query: SearchQuery, direction: "after" | "before", from?: Cursor) {
  for (let cursor = from, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
    const page: Page<QueryDocument> = await search(adapter.storage, {
      ...query,
      paging: keysetPage({ size: 3, ...(cursor !== undefined && { [direction]: cursor }) }),
    });
    yield page;
    cursor = direction === "after" ? page.next : page.previous;
  }
}

async function expectPages(documents: readonly QueryDocument[], query: SearchQuery): Promise<void> {
  const expected = keysOf(searchDocuments(documents, { ...query, paging: keysetPage({ size: 1000 }) })).items;
  const forwards: QueryDocument[] = [];
  let last: Cursor | undefined;
  for await (const { items, previous } of pages(query, "after")) {
    forwards.push(...items);
    last = previous ?? last;
  }
  expect(forwards.map(({ name, id }) => ({ name, id }))).toEqual(expected);
  if (last === undefined) return;
  const backwards: QueryDocument[] = [];
  for await (const { items } of pages(query, "before", last)) backwards.unshift(...items);
  const tail = (expected.length - 1) % 3;
  expect(backwards.map(({ name, id }) => ({ name, id }))).toEqual(expected.slice(0, expected.length - 1 - tail));
}

describe("paging by keyset", () => {
  it("yields each item once, forwards and backwards", async () => {
    await fc.assert(
      fc.asyncProperty(
        documentSets,
        fc.array(unpagedQueries, { minLength: 5, maxLength: 5 }),
        async (documents, queries) => {
          await replaceAll(documents);
          await Promise.all(queries.map((query) => expectPages(documents, query)));
        },
      ),
      { numRuns: runs(30), seed },
    );
  });

  it("yields what stays exactly once while others come and go between pages, the one at the cursor too", async () => {
    await fc.assert(
      fc.asyncProperty(documentSets, documentSets, unpagedQueries, async (documents, others, query) => {
        const known = new Set(documents.map(keyOf));
        const coming = others.filter((document) => !known.has(keyOf(document)));
        await replaceAll(documents);
        for (const direction of ["after", "before"] as const) {
          const expected = new Set(allOf(documents, query).map(keyOf));
          const start = direction === "after" ? undefined : await endCursor(query);
          const seen: string[] = [];
          const gone = new Set<string>();
          for await (const { items } of pages(query, direction, start)) {
            seen.push(...items.map(keyOf));
            const added = coming.splice(0, 2);
            if (added.length > 0) await adapter.storage.save({ writes: added.map((document) => writeOf(document)) });
            const victim = items.at(direction === "after" ? -1 : 0);
            if (victim !== undefined)
              await adapter.storage.delete({ name: victim.name, id: victim.id, projectorVersion: undefined });
            if (victim !== undefined) gone.add(keyOf(victim));
          }
          expect(new Set(seen).size).toBe(seen.length);
          expect(seen).toEqual(expect.arrayContaining([...expected]));
          documents = documents.filter((document) => !gone.has(keyOf(document)));
        }
      }),
      { numRuns: runs(40), seed },
    );
  });
});

function keyOf({ name, id }: { readonly name: string; readonly id: string }): string {
  return JSON.stringify([name, id]);
}

function allOf(documents: readonly QueryDocument[], query: SearchQuery): readonly QueryDocument[] {
  return searchDocuments(documents, { ...query, paging: keysetPage({ size: 1000 }) }).items;
}

/** A cursor behind everything: that of the empty page after the last item. */
async function endCursor(query: SearchQuery): Promise<Cursor | undefined> {
  const { previous } = await search(adapter.storage, { ...query, paging: offsetPage({ number: 1000, size: 100 }) });
  return previous;
}
