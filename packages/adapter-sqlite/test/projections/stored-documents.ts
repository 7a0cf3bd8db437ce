import type {
  PreparedProjection,
  ProjectionSaveRequest,
  ProjectionSearch,
  ProjectionStorage,
} from "@eventfold/projections";
import { canonicalJson, type Page, pageOf, planSearch, type QueryDocument, type SearchQuery } from "@eventfold/query";
import type { JsonValue } from "@eventfold/types";

/** A document as a projection store would prepare it. */
function preparedOf({ id, name, source, state, metadata }: QueryDocument): PreparedProjection {
  return {
    id,
    name,
    source,
    projectorVersion: 1,
    state: canonicalJson(state as JsonValue),
    metadata: canonicalJson(metadata as JsonValue),
    lastSequenceNumber: 1,
    lastPosition: undefined,
    isRemoved: false,
  };
}

/** A save of documents, whatever there is. */
export function saveOfDocuments(documents: readonly QueryDocument[]): ProjectionSaveRequest {
  return { writes: documents.map((document) => ({ projection: preparedOf(document), unchangedSince: undefined })) };
}

/** A document of the projection `account`. */
export function account(id: string, state: unknown): QueryDocument {
  return { id, name: "account", source: { kind: "stream", category: "accounts", stream: id }, state, metadata: null };
}

/** A search as the store asks an adapter for it: of one name, or, without one, of all. */
export function searchOf(query: SearchQuery, name?: string): ProjectionSearch {
  return { name, projectorVersion: undefined, plan: planSearch(query) };
}

/** A page as the store makes it. */
export async function pageFrom(
  storage: ProjectionStorage,
  query: SearchQuery,
  name?: string,
): Promise<Page<QueryDocument>> {
  const request = searchOf(query, name);
  return pageOf(request.plan, await storage.search(request));
}
