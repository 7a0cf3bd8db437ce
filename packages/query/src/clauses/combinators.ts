import { below, described, fault, root } from "../parse/location.ts";
import type { Clause } from "./clause.ts";

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
export function and<TDocument = never>(...clauses: readonly Clause<TDocument>[]): Clause<TDocument> {
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
export function or<TDocument = never>(...clauses: readonly Clause<TDocument>[]): Clause<TDocument> {
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
export function not<TDocument = never>(clause: Clause<TDocument>): Clause<TDocument> {
  const [checked] = checkedClauses("not", [clause]);
  return Object.freeze({ kind: "not", clause: checked as Clause<TDocument> });
}

/** Checks only the outer level, so that building n clauses costs n: the whole is checked when a query is planned. */
function checkedClauses<TDocument>(name: string, clauses: readonly Clause<TDocument>[]): readonly Clause<TDocument>[] {
  clauses.forEach((clause: unknown, index) => {
    if (typeof clause === "object" && clause !== null && "kind" in clause) return;
    fault(below(root(name), index), `expected a clause, got ${described(clause)}`);
  });
  return Object.freeze([...clauses]);
}
