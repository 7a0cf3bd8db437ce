import { BUILT_IN_FUNCTIONS, type Clause, planCount } from "@eventfold/query";
import { type CompiledQuery, compiledQuery } from "../../src/query/compiled-query.ts";
import { filterCondition } from "../../src/query/filter-condition.ts";

/** The SQL of one clause, without indexes. */
export function conditionOf(clause: Clause): CompiledQuery {
  const { filter } = planCount({ filters: [clause] });
  return compiledQuery(filterCondition(filter, { functions: BUILT_IN_FUNCTIONS, indexes: new Map() }));
}
