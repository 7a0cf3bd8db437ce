import type { About } from "../document.ts";
import type { Field } from "./clause.ts";
import type { IsOpen, Kept } from "./kept.ts";

/** `asc` goes number < string < boolean < array and object; `desc` reverses that whole order. */
export type SortDirection = "asc" | "desc";

/** Where missing values and `null` go, in either direction. */
export type NullsPlacement = "first" | "last";

/** One field to sort by, as data. */
export interface Sort<in TDocument = never> extends About<TDocument> {
  readonly kind: "sort";
  readonly field: Field<TDocument>;
  readonly direction: SortDirection;
  readonly nulls: NullsPlacement;
}

/** A sort as it is written: about the documents that are expected, or else with what it needs of documents. */
export type WrittenSort<TDocument, TNeed> =
  IsOpen<TDocument> extends true ? Kept<Sort<unknown>, TNeed> : Sort<TDocument>;
