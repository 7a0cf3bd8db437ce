import type { About } from "../document.ts";
import type { Field } from "./clause.ts";

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
