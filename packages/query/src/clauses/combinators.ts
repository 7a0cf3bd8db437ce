import { below, described, fault, root } from "../parse/location.ts";
import type { AndClause, Clause, NotClause, OrClause, WrittenClause } from "./clause.ts";
import type { IsOpen, NeedOf } from "./kept.ts";

/**
 * Holds when all the clauses hold; `and()` always holds.
 *
 * @throws `InvalidQueryError` (`INVALID_QUERY`) when something is not a clause.
 *
 * @example
 * ```ts
 * and(filter("state.balance", "greater_than", 0), filter("state.owner", "exists"));
 * ```
 */
export function and<TDocument = never, const TClauses extends readonly Clause[] = readonly []>(
  ...clauses: IsOpen<TDocument> extends true ? TClauses : readonly Clause<TDocument>[]
): WrittenClause<TDocument, AndClause<unknown>, NeedOf<TClauses[number]>>;
export function and(...clauses: readonly Clause<unknown>[]): Clause {
  return Object.freeze({ kind: "and", clauses: checkedClauses("and", clauses) });
}

/**
 * Holds when at least one of the clauses holds; `or()` never does.
 *
 * @throws `InvalidQueryError` (`INVALID_QUERY`) when something is not a clause.
 *
 * @example
 * ```ts
 * or(filter("state.owner.city", "equal", "Lagos"), filter("state.tags", "contains", "vip"));
 * ```
 */
export function or<TDocument = never, const TClauses extends readonly Clause[] = readonly []>(
  ...clauses: IsOpen<TDocument> extends true ? TClauses : readonly Clause<TDocument>[]
): WrittenClause<TDocument, OrClause<unknown>, NeedOf<TClauses[number]>>;
export function or(...clauses: readonly Clause<unknown>[]): Clause {
  return Object.freeze({ kind: "or", clauses: checkedClauses("or", clauses) });
}

/**
 * Holds exactly when the clause does not: where a path finds nothing too, so that
 * `not(filter("state.age", "less_than", 18))` also finds documents without an age.
 *
 * @throws `InvalidQueryError` (`INVALID_QUERY`) when it is given no clause.
 *
 * @example
 * ```ts
 * not(filter("state.tags", "contains", "closed"));
 * ```
 */
export function not<TDocument = never, TClause extends Clause = never>(
  clause: IsOpen<TDocument> extends true ? TClause : Clause<TDocument>,
): WrittenClause<TDocument, NotClause<unknown>, NeedOf<TClause>>;
export function not(clause: Clause<unknown>): Clause {
  checkedClauses("not", [clause]);
  return Object.freeze({ kind: "not", clause });
}

/** Checks only the outer level, so that building n clauses costs n: the whole is checked when a query is planned. */
function checkedClauses(name: string, clauses: readonly Clause<unknown>[]): readonly Clause<unknown>[] {
  clauses.forEach((clause: unknown, index) => {
    if (typeof clause === "object" && clause !== null && "kind" in clause) return;
    fault(below(root(name), index), `expected a clause, got ${described(clause)}`);
  });
  return Object.freeze([...clauses]);
}
