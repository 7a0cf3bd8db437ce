import type { Projection, ProjectionStore } from "@eventfold/projections";
import {
  keysetPage,
  type Page,
  type Paging,
  type PlanOptions,
  type SearchQuery,
  searchDocuments,
} from "@eventfold/query";
import { assertSame } from "../../event-storage/observe/same.ts";

/** Asserts that a page has the same items and cursors as another one. */
export function assertPage(actual: Page<Projection>, expected: Page<Projection>, asked: unknown): void {
  const idsOf = ({ items }: Page<Projection>): string[] => items.map(({ name, id }) => `${name}/${id}`);
  assertSame(idsOf(actual), idsOf(expected), JSON.stringify(asked));
  assertSame([actual.next, actual.previous], [expected.next, expected.previous], `cursors of ${JSON.stringify(asked)}`);
}

/** Walks through all pages, forwards and then backwards, each compared with the reference. */
export async function assertWalks(
  store: ProjectionStore,
  documents: readonly Projection[],
  { size, functions, ...query }: SearchQuery & PlanOptions & { readonly size: number },
): Promise<void> {
  const step = async (paging: Paging): Promise<Page<Projection>> => {
    const asked = { ...query, paging };
    const page = await store.search(asked);
    assertPage(page, searchDocuments(documents, asked, { functions }), asked);
    return page;
  };
  let page = await step(keysetPage({ size }));
  while (page.next !== undefined) page = await step(keysetPage({ size, after: page.next }));
  while (page.previous !== undefined) page = await step(keysetPage({ size, before: page.previous }));
}
