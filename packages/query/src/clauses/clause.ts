import type { JsonValue } from "@eventfold/types";
import type { About } from "../document.ts";
import type { FunctionCall } from "../functions/function-call.ts";
import type { Path } from "../paths/path.ts";
import type { IsOpen, Kept } from "./kept.ts";
import type { Operator } from "./operator.ts";

/** What a filter or a sort is about: a path, or a function of paths. */
export type Field<TDocument = never> = Path | FunctionCall<TDocument>;

/** Compares what a field yields with a constant. */
export interface FilterClause<in TDocument = never> extends About<TDocument> {
  readonly kind: "filter";
  readonly field: Field<TDocument>;
  readonly operator: Operator;
  /** What to compare with; absent after `exists`. */
  readonly value?: JsonValue;
}

/** Holds when all its clauses hold; without any it holds. */
export interface AndClause<in TDocument = never> extends About<TDocument> {
  readonly kind: "and";
  readonly clauses: readonly Clause<TDocument>[];
}

/** Holds when one of its clauses holds; without any it does not. */
export interface OrClause<in TDocument = never> extends About<TDocument> {
  readonly kind: "or";
  readonly clauses: readonly Clause<TDocument>[];
}

/** Holds exactly when its clause does not. */
export interface NotClause<in TDocument = never> extends About<TDocument> {
  readonly kind: "not";
  readonly clause: Clause<TDocument>;
}

/**
 * A condition on documents, as frozen data that survives JSON.
 *
 * `TDocument` is what the compiler checked it against: `Clause<unknown>` (what `parseQuery` gives) fits everywhere, a
 * `Clause` without a type argument only where nothing is checked. A clause that is kept in a variable is checked where it is used; give
 * it its type to have it checked where it is written.
 *
 * @example
 * ```ts
 * const rich = filter("state.balance", "greater_than", 1000);
 * const { items } = await accounts.search({ filters: [rich] }); // does not compile if accounts have no balance
 *
 * type AccountDocument = QueryDocument<{ balance: number }>;
 * const poor: Clause<AccountDocument> = filter("state.balance", "less_than", 10);
 * ```
 */
export type Clause<TDocument = never> =
  | FilterClause<TDocument>
  | AndClause<TDocument>
  | OrClause<TDocument>
  | NotClause<TDocument>;

/** A clause as it is written: about the documents that are expected, or else with what it needs of documents. */
export type WrittenClause<TDocument, TClause, TNeed> =
  IsOpen<TDocument> extends true ? Kept<TClause, TNeed> : Clause<TDocument>;
