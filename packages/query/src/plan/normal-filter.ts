import type { JsonValue } from "@eventfold/types";
import type { Field } from "../clauses/clause.ts";
import type { Scalar } from "../functions/query-function.ts";
import type { Regex } from "../regex/regex-tree.ts";

/** A JSON value that is not `null`. */
export type PresentValue = Exclude<JsonValue, null>;

/** How an ordering comparison relates the field's value to the constant. */
export type Comparison = "less" | "less_or_equal" | "greater" | "greater_or_equal";

/** The value is missing or `null`. */
export interface MissingTest {
  readonly kind: "missing";
}

/** The value is deeply equal to this one. */
export interface EqualTest {
  readonly kind: "equal";
  readonly value: PresentValue;
}

/** The value has the type of this one, and this relation to it. */
export interface OrderTest {
  readonly kind: "order";
  readonly comparison: Comparison;
  readonly value: Scalar;
}

/** The value is deeply equal to one of these, or missing where that counts too. */
export interface OneOfTest {
  readonly kind: "one_of";
  /** Never empty unless `orMissing` is set, never `null`. */
  readonly values: readonly PresentValue[];
  readonly orMissing: boolean;
}

/** The value is an array with an element deeply equal to this one, which may be `null`. */
export interface ContainsTest {
  readonly kind: "contains";
  readonly value: JsonValue;
}

/** The value is a string with this beginning. */
export interface PrefixTest {
  readonly kind: "prefix";
  readonly prefix: string;
}

/** The value is a string with this text in it. */
export interface TextTest {
  readonly kind: "text";
  readonly text: string;
}

/** The value is a string in which the regular expression matches somewhere. */
export interface RegexTest {
  readonly kind: "regex";
  readonly regex: Regex;
}

/** A question about one value; the answer is always yes or no, and no for a missing value unless it says otherwise. */
export type FieldTest =
  | MissingTest
  | EqualTest
  | OrderTest
  | OneOfTest
  | ContainsTest
  | TextTest
  | PrefixTest
  | RegexTest;

/** Holds for every document or for none. */
export interface ConstantFilter {
  readonly kind: "constant";
  readonly holds: boolean;
}

/** Holds when all its parts hold; it has at least two, none of them an `all` or a constant. */
export interface AllFilter {
  readonly kind: "all";
  readonly filters: readonly NormalFilter[];
}

/** Holds when one of its parts holds; it has at least two, none of them an `any` or a constant. */
export interface AnyFilter {
  readonly kind: "any";
  readonly filters: readonly NormalFilter[];
}

/** Holds when the test of the field holds, or, negated, when it does not. */
export interface TestFilter {
  readonly kind: "test";
  readonly field: Field<unknown>;
  readonly isNegated: boolean;
  readonly test: FieldTest;
}

/**
 * A condition in normal form: only tests are negated, `not_equal` and its kin are gone, regular expressions are parsed,
 * constants are folded. This is all that a translator has to handle.
 */
export type NormalFilter = ConstantFilter | AllFilter | AnyFilter | TestFilter;
