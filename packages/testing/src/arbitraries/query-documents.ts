import type { QueryDocument } from "@eventfold/query";
import type { SourceIdentifier } from "@eventfold/types";
import fc from "fast-check";
import { jsonValues } from "./json-values.ts";
import { projectionStates } from "./projection-states.ts";

const sources: fc.Arbitrary<SourceIdentifier> = fc.constantFrom<SourceIdentifier>(
  { kind: "log" },
  { kind: "category", category: "accounts" },
  { kind: "stream", category: "accounts", stream: "a" },
  { kind: "stream", category: "accounts", stream: "b" },
);

/** One document, with one of few ids and names. */
const documents: fc.Arbitrary<QueryDocument> = fc.record({
  id: fc.oneof(fc.constantFrom("1", "10", "2", "a", "A", "\u{1F600}", "\uFF5E"), fc.uuid()),
  name: fc.constantFrom("account", "order"),
  source: sources,
  state: projectionStates,
  metadata: fc.oneof(fc.constant(null), jsonValues),
});

/**
 * Documents that a store can hold together: no two have the same name and id. There are few ids, names and values, so that
 * queries find something.
 *
 * @example
 * ```ts
 * fc.assert(fc.property(documentSets, unpagedQueries, (documents, query) => countDocuments(documents, query) <= documents.length));
 * ```
 */
export const documentSets: fc.Arbitrary<readonly QueryDocument[]> = fc.uniqueArray(documents, {
  maxLength: 25,
  selector: ({ name, id }) => JSON.stringify([name, id]),
});
