import type { QueryDocument } from "../document.ts";
import type { QueryFunctions } from "../functions/function-registry.ts";
import type { OrderKey } from "../plan/order.ts";
import type { SortKey } from "../plan/sort-key.ts";
import { sortKeyOf } from "../plan/sort-key.ts";
import { fieldReader } from "./field-reader.ts";

/** What a document is sorted by, one key for each field of an order. */
export function sortKeys(
  order: readonly OrderKey[],
  functions: QueryFunctions,
): (document: QueryDocument) => readonly SortKey[] {
  const readers = order.map(({ field }) => fieldReader(field, functions));
  return (document) => readers.map((read) => sortKeyOf(read(document)));
}
