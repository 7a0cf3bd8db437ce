import type { JsonValue } from "@eventfold/types";
import type { Field } from "../clauses/clause.ts";
import type { Scalar } from "../functions/query-function.ts";
import type { Comparison } from "../plan/normal-filter.ts";
import type { SortKey } from "../plan/sort-key.ts";
import type { Regex } from "../regex/regex-tree.ts";

/** What a present value is sorted by. */
export type PresentKey = Exclude<SortKey, null>;

/** On which side of a bound a value lies. */
export type Side = "greater" | "less";

/** Where a page starts in one field. */
export interface FieldBound<TField> {
  readonly field: TField;
  readonly side: Side;
  readonly value: PresentKey;
}

/** Values to look one up among; at least one list is not empty. */
export interface ListedValues {
  readonly scalars: readonly Scalar[];
  /** Arrays and objects, as canonical JSON. */
  readonly composites: readonly string[];
}

/**
 * How a database is asked: the leaves of {@link translatedFilter} and {@link searchStretches}, which decide everything
 * else. They never ask for what cannot hold: no number of a text, no element of what a function yields.
 *
 * A condition may be `NULL` instead of false; only {@link Dialect.not} has to mind. `TField` is a field as the dialect wants it,
 * `T` a condition.
 *
 * @example
 * ```ts
 * const equality: Pick<Dialect<string, string>, "equals" | "all"> = {
 *   equals: (column, value) => `${column} = ${JSON.stringify(value)}`,
 *   all: (conditions) => conditions.join(" AND "),
 * };
 * ```
 */
export interface Dialect<TField, T> {
  /**
   * Prepares a field.
   *
   * @throws `InvalidQueryError` (`INVALID_QUERY`) for a function that the database cannot compute.
   */
  field(field: Field<unknown>): TField;
  /** All hold; at least two. */
  all(conditions: readonly T[]): T;
  /** One holds; at least two. */
  any(conditions: readonly T[]): T;
  /** Does not hold, also where the condition is `NULL`. */
  not(condition: T): T;
  /** The value is missing or `null`. */
  isMissing(field: TField): T;
  /** The value is there and not `null`. */
  isPresent(field: TField): T;
  /** The value is this scalar. */
  equals(field: TField, value: Scalar): T;
  /** The value is an array or object that is deeply equal to the one with this canonical JSON. */
  equalsComposite(field: TField, json: string): T;
  /** The value is one of these: as many conditions as there are ways to look it up, one of which holds. */
  equalsOneOf(field: TField, values: ListedValues): readonly T[];
  /** The value has the type of this one, and this relation to it. */
  compares(field: TField, comparison: Comparison, value: Scalar): T;
  /** The value is an array with an element deeply equal to this one. */
  contains(field: TField, value: JsonValue): T;
  /** The value is a string with this text in it. */
  containsText(field: TField, text: string): T;
  /** The value is a string with this beginning. */
  startsWith(field: TField, prefix: string): T;
  /** The value is a string in which the regular expression matches somewhere. */
  matches(field: TField, regex: Regex): T;
  /** The value's sort key is this one. */
  ties(field: TField, value: PresentKey): T;
  /** The value's sort key lies beyond the bound. */
  isBeyond(bound: FieldBound<TField>): T;
  /**
   * A condition on the sort key that follows from lying at or beyond the bound, so that an index can be entered there.
   */
  isReached(bound: FieldBound<TField>): T;
  /** Whether what {@link Dialect.isReached} holds for ties with the bound, or lies beyond it. */
  readonly reachesExactly: boolean;
  /** The two values, compared as a row, lie beyond the two bounds; `undefined` if they cannot be compared that way. */
  isPairBeyond?(first: FieldBound<TField>, second: FieldBound<TField>): T | undefined;
  /** Whether the database sorts missing values to either end by itself, so that an index may serve a first page without parts. */
  readonly ordersMissing: boolean;
}
