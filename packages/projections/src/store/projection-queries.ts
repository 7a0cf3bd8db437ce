import {
  type Cursor,
  filter,
  keysetPage,
  type LookupQuery,
  oneOrNone,
  type Page,
  pageOf,
  parseQuery,
  planCount,
  planLookup,
  planSearch,
  type QueryFunctions,
  type SearchQuery,
} from "@eventfold/query";
import { checkedSignal, itemsOf, pagesUntilAborted } from "@eventfold/store/adapter";
import { checkedProjectionName, checkedProjectorVersion } from "../projection-names.ts";
import type { ProjectionScope, ProjectionStorage } from "../storage/projection-storage.ts";
import type { StoredProjection } from "../storage/stored-projection-of.ts";
import type { AllOptions, QueryScope } from "./projection-references.ts";

/** Where queries are asked. */
export interface QueryTarget {
  readonly storage: ProjectionStorage;
  readonly functions: QueryFunctions;
}

/** One page of what is found. */
export async function searchProjections(
  target: QueryTarget,
  query: SearchQuery<never>,
  scope: QueryScope,
): Promise<Page<StoredProjection>> {
  const plan = planSearch(narrowed(query, target, scope), target);
  const checked = checkedScope(scope);
  const rows = await target.storage.search({ ...checked, plan });
  return pageOf(plan, rows, plan.paging.withTotal ? await target.storage.count({ ...checked, plan }) : undefined);
}

/** The one that is found, or none. */
export async function lookupProjection(
  target: QueryTarget,
  query: LookupQuery<never>,
  scope: QueryScope,
): Promise<StoredProjection | undefined> {
  const plan = planLookup(narrowed(query, target, scope), target);
  return oneOrNone(await target.storage.lookup({ ...checkedScope(scope), plan }));
}

/** All that is found on all pages, one by one. */
export async function* allProjections(
  target: QueryTarget,
  query: SearchQuery<never>,
  { pageSize = 500, signal, ...scope }: QueryScope & AllOptions,
): AsyncGenerator<StoredProjection, void, undefined> {
  const pages = pagesUntilAborted(fetchPages(target, query, { ...scope, pageSize }), checkedSignal(signal));
  yield* itemsOf(pages, { storage: target.storage, signal });
}

/** Pages of the version that the first one is of, even when another is activated meanwhile. */
async function* fetchPages(
  target: QueryTarget,
  query: SearchQuery<never>,
  { pageSize: size, ...scope }: QueryScope & { readonly pageSize: number },
): AsyncGenerator<readonly StoredProjection[], void, undefined> {
  const whole = parseQuery(query, target);
  let { projectorVersion } = scope;
  let after: Cursor | undefined;
  do {
    const paging = keysetPage({ size, after });
    const { items, next } = await searchProjections(target, { ...whole, paging }, { ...scope, projectorVersion });
    yield items;
    if (scope.name !== undefined) projectorVersion ??= items[0]?.projectorVersion;
    after = next;
  } while (after !== undefined);
}

/** How many are found, on all pages together. */
export async function countProjections(
  target: QueryTarget,
  query: SearchQuery<never>,
  scope: QueryScope,
): Promise<number> {
  const plan = planCount(narrowed(query, target, scope), target);
  return target.storage.count({ ...checkedScope(scope), plan });
}

/**
 * The name as a filter too: it decides the total order, and ties the cursors to the name. The query is read before, so that
 * faults are found where its author put them.
 */
function narrowed(query: object, { functions }: QueryTarget, { name }: QueryScope): SearchQuery<never> {
  if (name === undefined) return query;
  const parsed = parseQuery(query, { functions });
  return { ...parsed, filters: [...(parsed.filters ?? []), filter("name", "equal", name)] };
}

/** @throws `RangeError` for a version without a name: versions of different names are unrelated. */
export function checkedScope({ name, projectorVersion }: QueryScope): ProjectionScope {
  if (name === undefined && projectorVersion !== undefined) {
    throw new RangeError("A version belongs to one name: give the name too.");
  }
  return {
    name: name === undefined ? undefined : checkedProjectionName("projection", name),
    projectorVersion: projectorVersion === undefined ? undefined : checkedProjectorVersion(projectorVersion),
  };
}
