import { SqliteProjectionStorageAdapter } from "@eventfold/adapter-sqlite/projections";
import {
  countDocuments,
  keysetPage,
  type Page,
  planCount,
  type QueryDocument,
  type SearchQuery,
  searchDocuments,
} from "@eventfold/query";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pagedSearches, type ScopedSearch, searches } from "./arbitraries/searches.ts";
import { documentSets } from "./arbitraries/stored-values.ts";
import { pageFrom, saveOfDocuments } from "./stored-documents.ts";

const IS_SOAK = Boolean(process.env.EVENTFOLD_SOAK);
const QUERIES = IS_SOAK ? 200_000 : 1_000;
/** Queries asked of one set of documents, which takes longer to store than a query does. */
const QUERIES_PER_SET = 5;
const WALKS = QUERIES / 10;
const TIME_LIMIT_MS = IS_SOAK ? 3_600_000 : 60_000;

const seed = Number(process.env.EVENTFOLD_SEED ?? Date.now() % 2 ** 31);

const keyOf = ({ name, id }: QueryDocument) => `${name}/${id}`;
const keysOf = ({ items }: Page<QueryDocument>) => items.map(keyOf);

function everythingOf(documents: readonly QueryDocument[], query: SearchQuery): readonly string[] {
  return keysOf(searchDocuments(documents, { ...query, paging: keysetPage({ size: 100 }) }));
}

describe(`SQLite agrees with the reference evaluator (seed ${seed}; EVENTFOLD_SEED sets it)`, () => {
  let adapter: SqliteProjectionStorageAdapter;
  beforeAll(async () => {
    const indexed = ["state.a", "state.list", "state.b.a"];
    const indexes = indexed.map((path) => ({ projection: "account", path }));
    adapter = await SqliteProjectionStorageAdapter.open({ filename: ":memory:", indexes });
  });
  afterAll(() => adapter.close());

  const store = async (documents: readonly QueryDocument[]): Promise<void> => {
    for (const name of ["account", "order"]) await adapter.storage.clear({ name, projectorVersion: undefined });
    if (documents.length > 0) await adapter.storage.save(saveOfDocuments(documents));
  };
  const pageOf = ({ name, query }: ScopedSearch, paging: SearchQuery["paging"] = query.paging) =>
    pageFrom(adapter.storage, paging === undefined ? query : { ...query, paging }, name);

  it(
    "on items, order, pages, cursors and counts",
    async () => {
      const several = fc.array(pagedSearches, { minLength: QUERIES_PER_SET, maxLength: QUERIES_PER_SET });
      const agrees = async (documents: readonly QueryDocument[], asked: readonly ScopedSearch[]) => {
        await store(documents);
        for (const search of asked) {
          const [found, expected] = [await pageOf(search), searchDocuments(documents, search.query)];
          expect([keysOf(found), found.next, found.previous]).toEqual([
            keysOf(expected),
            expected.next,
            expected.previous,
          ]);
          const { filters = [] } = search.query;
          const counting = { name: search.name, projectorVersion: undefined, plan: planCount({ filters }) };
          expect(await adapter.storage.count(counting)).toBe(countDocuments(documents, { filters }));
        }
      };
      await fc.assert(fc.asyncProperty(documentSets, several, agrees), { numRuns: QUERIES / QUERIES_PER_SET, seed });
    },
    TIME_LIMIT_MS,
  );

  it(
    "on every page, forwards and backwards",
    async () => {
      const sizes = fc.integer({ min: 1, max: 6 });
      const agrees = async (documents: readonly QueryDocument[], search: ScopedSearch, size: number) => {
        await store(documents);
        let page = await pageOf(search, keysetPage({ size }));
        const forwards = [...keysOf(page)];
        while (page.next !== undefined) {
          page = await pageOf(search, keysetPage({ size, after: page.next }));
          forwards.push(...keysOf(page));
        }
        const backwards = [...keysOf(page)];
        while (page.previous !== undefined) {
          page = await pageOf(search, keysetPage({ size, before: page.previous }));
          backwards.unshift(...keysOf(page));
        }
        const everything = everythingOf(documents, search.query);
        expect([forwards, backwards]).toEqual([everything, everything]);
      };
      await fc.assert(fc.asyncProperty(documentSets, searches, sizes, agrees), { numRuns: WALKS, seed });
    },
    TIME_LIMIT_MS,
  );

  it(
    "on each row that stays, once, while others come and go between the pages",
    async () => {
      const agrees = async (all: readonly QueryDocument[], search: ScopedSearch, picks: readonly number[]) => {
        const half = Math.ceil(all.length / 2);
        const [documents, others] = [all.slice(0, half), all.slice(half)];
        await store(documents);
        const stayed = new Set(documents.map(keyOf));
        let page = await pageOf(search, keysetPage({ size: 2 }));
        const seen = [...keysOf(page)];
        for (let round = 0; page.next !== undefined; round++) {
          const [comes] = others.splice(0, 1);
          if (comes !== undefined) await adapter.storage.save(saveOfDocuments([comes]));
          const goes = documents[(picks[round % picks.length] ?? 0) % documents.length];
          if (goes !== undefined) await adapter.storage.delete({ ...goes, projectorVersion: undefined });
          if (goes !== undefined) stayed.delete(keyOf(goes));
          page = await pageOf(search, keysetPage({ size: 2, after: page.next }));
          seen.push(...keysOf(page));
        }
        expect(new Set(seen).size).toBe(seen.length);
        const remained = (keys: readonly string[]) => keys.filter((key) => stayed.has(key));
        expect(remained(seen)).toEqual(remained(everythingOf(documents, search.query)));
      };
      const picks = fc.array(fc.nat(), { minLength: 1, maxLength: 5 });
      await fc.assert(fc.asyncProperty(documentSets, searches, picks, agrees), { numRuns: WALKS, seed });
    },
    TIME_LIMIT_MS,
  );
});
