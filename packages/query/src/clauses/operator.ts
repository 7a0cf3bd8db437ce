/** Every operator of a filter. */
export const OPERATORS = Object.freeze([
  "equal",
  "not_equal",
  "greater_than",
  "greater_than_or_equal",
  "less_than",
  "less_than_or_equal",
  "in",
  "not_in",
  "contains",
  "contains_text",
  "starts_with",
  "regex_matches",
  "not_regex_matches",
  "exists",
] as const);

/** One of {@link OPERATORS}. */
export type Operator = (typeof OPERATORS)[number];

type Ordered<TValue> = TValue extends string
  ? string
  : TValue extends number
    ? number
    : TValue extends boolean
      ? boolean
      : never;

type Element<TValue> = TValue extends readonly (infer E)[] ? E | null : never;

type Text<TValue> = TValue extends string ? string : never;

/** What each operator compares a value of a type with. `TValue` is a type of JSON. */
export interface OperandOf<TValue> {
  readonly equal: TValue | null;
  readonly not_equal: TValue | null;
  readonly greater_than: Ordered<TValue>;
  readonly greater_than_or_equal: Ordered<TValue>;
  readonly less_than: Ordered<TValue>;
  readonly less_than_or_equal: Ordered<TValue>;
  readonly in: readonly (TValue | null)[];
  readonly not_in: readonly (TValue | null)[];
  readonly contains: Element<TValue>;
  readonly contains_text: Text<TValue>;
  readonly starts_with: Text<TValue>;
  readonly regex_matches: Text<TValue>;
  readonly not_regex_matches: Text<TValue>;
}

/** What follows the operator in a filter: one operand, or nothing after `exists`. */
export type Operands<TValue, TOperator extends Operator> = TOperator extends keyof OperandOf<unknown>
  ? [operand: OperandOf<TValue>[TOperator]]
  : [];

/** The operators that compare by order, and what each asks of the value at the path. */
export const COMPARISON_OF = Object.freeze({
  greater_than: "greater",
  greater_than_or_equal: "greater_or_equal",
  less_than: "less",
  less_than_or_equal: "less_or_equal",
} as const satisfies Partial<Record<Operator, string>>);

/** An operator that compares by order. */
export type OrderingOperator = keyof typeof COMPARISON_OF;

/** Whether an operator compares by order. */
export function isOrderingOperator(operator: Operator): operator is OrderingOperator {
  return Object.hasOwn(COMPARISON_OF, operator);
}
