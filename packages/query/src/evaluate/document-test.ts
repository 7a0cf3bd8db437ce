import type { QueryDocument } from "../document.ts";
import type { QueryFunctions } from "../functions/function-registry.ts";
import type { NormalFilter, TestFilter } from "../plan/normal-filter.ts";
import { fieldReader } from "./field-reader.ts";
import { valueTest } from "./value-test.ts";

/** Says whether a filter holds for a document. */
export type DocumentTest = (document: QueryDocument) => boolean;

/**
 * Prepares a filter once for many documents. This is the meaning of every filter: databases must agree with it.
 *
 * @throws `TypeError` when a function yields what it did not declare.
 *
 * @example
 * ```ts
 * const plan = planCount({ filters: [filter(path.unchecked("state", "balance"), "greater_than", 0)] });
 * const holds = documentTest(plan.filter, plan.functions);
 * documents.filter((document) => holds(document));
 * ```
 */
export function documentTest(filter: NormalFilter, functions: QueryFunctions): DocumentTest {
  switch (filter.kind) {
    case "constant":
      return () => filter.holds;
    case "all": {
      const tests = filter.filters.map((part) => documentTest(part, functions));
      return (document) => tests.every((test) => test(document));
    }
    case "any": {
      const tests = filter.filters.map((part) => documentTest(part, functions));
      return (document) => tests.some((test) => test(document));
    }
    case "test":
      return fieldTest(filter, functions);
  }
}

function fieldTest({ field, isNegated, test }: TestFilter, functions: QueryFunctions): DocumentTest {
  const read = fieldReader(field, functions);
  const holds = valueTest(test);
  return (document) => holds(read(document)) !== isNegated;
}
