import assert from "node:assert/strict";
import type { Projection, ProjectionStore } from "@eventfold/projections";
import { countDocuments, lookupDocument, offsetPage, type SearchQuery, searchDocuments } from "@eventfold/query";
import { isEventfoldError } from "@eventfold/types";
import { assertSame } from "../../event-storage/observe/same.ts";
import type { Random } from "../../random/random.ts";
import { aProjection } from "../observe/a-projection.ts";
import { generatedQuery } from "../observe/generated-query.ts";
import { generatedState } from "../observe/generated-state.ts";
import { assertPage, assertWalks } from "../observe/walked-pages.ts";
import { type ProjectionRuleTest, projectionTest } from "../projection-rule-test.ts";

function generatedProjections(random: Random, count: number): Projection[] {
  const sources = [
    { kind: "log" },
    { kind: "category", category: "a" },
    { kind: "stream", category: "a", stream: "b" },
  ] as const;
  return Array.from({ length: count }, (_, n) =>
    aProjection({
      id: random.pick(["a", "A", "\uff5e", "\u{1f600}", "\u00e9"]) + n,
      name: random.pick(["account", "other"]),
      source: random.pick(sources),
      state: generatedState(random, 3),
      metadata: generatedState(random, 1),
    }),
  );
}

async function assertLookup(
  store: ProjectionStore,
  documents: readonly Projection[],
  query: SearchQuery,
): Promise<void> {
  const { filters } = query;
  const outcome = async (find: () => unknown): Promise<unknown> => {
    try {
      const found = (await find()) as Projection | undefined;
      return found && [found.name, found.id];
    } catch (error) {
      return isEventfoldError(error, "MULTIPLE_RESULTS") ? error.ids : error;
    }
  };
  const expected = await outcome(() => lookupDocument(documents, { filters }));
  assertSame(await outcome(() => store.lookup({ filters })), expected, JSON.stringify(query));
}

/** Queries at random. They come after those that name a fault at once. */
export const generatedQueries: readonly ProjectionRuleTest[] = [
  projectionTest(
    "queries",
    "generated queries find the same items as the reference, in the same order, on the same pages",
    async ({ store, otherStore, random, sizes }) => {
      const documents = generatedProjections(random, 60);
      await store.saveMany(documents);
      for (let n = 0; n < sizes.queries; n += 1) {
        const query = generatedQuery(random);
        await assertWalks(otherStore, documents, { ...query, size: random.pick([3, 10, 40]) });
        assert.equal(
          await otherStore.count({ filters: query.filters }),
          countDocuments(documents, { filters: query.filters }),
        );
        await assertLookup(otherStore, documents, query);
        const numbered = {
          ...query,
          paging: offsetPage({ number: random.integer(1, 4), size: random.integer(1, 20) }),
        };
        assertPage(await otherStore.search(numbered), searchDocuments(documents, numbered), numbered);
      }
    },
  ),
];
