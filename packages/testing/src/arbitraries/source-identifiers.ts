import type { CategoryIdentifier, LogIdentifier, SourceIdentifier, StreamIdentifier } from "@eventfold/types";
import fc from "fast-check";
import { categoryNames, streamNames } from "./names.ts";

/** Identifiers of streams. */
export const streamIdentifiers: fc.Arbitrary<StreamIdentifier> = fc.record({
  kind: fc.constant("stream" as const),
  category: categoryNames,
  stream: streamNames,
});

/** Identifiers of categories. */
export const categoryIdentifiers: fc.Arbitrary<CategoryIdentifier> = fc.record({
  kind: fc.constant("category" as const),
  category: categoryNames,
});

/**
 * Identifiers of sources: of the log, of categories and of streams.
 *
 * @example
 * ```ts
 * fc.assert(fc.property(sourceIdentifiers, (source) => {
 *   assert.deepEqual(parseSourceIdentifier(printSourceIdentifier(source)), source);
 * }));
 * ```
 */
export const sourceIdentifiers: fc.Arbitrary<SourceIdentifier> = fc.oneof(
  fc.constant<LogIdentifier>({ kind: "log" }),
  categoryIdentifiers,
  streamIdentifiers,
);
