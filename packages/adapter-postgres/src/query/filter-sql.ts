import type { FieldTest, NormalFilter } from "@eventfold/query";
import { type SQL, sql } from "drizzle-orm";
import { ALWAYS, allOf, anyOf, NEVER } from "./constant-sql.ts";
import type { OperandOf } from "./field-operand.ts";
import { jsonTestSql } from "./json-test-sql.ts";
import type { Operand } from "./operand.ts";
import { textTestSql } from "./text-test-sql.ts";

/**
 * The condition of a filter on rows `p`. A positive test is bare, so that an index serves it; a negative one is
 * `(…) is not true`, so that `NULL` counts as not holding.
 */
export function filterSql(filter: NormalFilter, operandOf: OperandOf): SQL {
  switch (filter.kind) {
    case "constant":
      return filter.holds ? ALWAYS : NEVER;
    case "all":
      return allOf(filter.filters.map((part) => filterSql(part, operandOf)));
    case "any":
      return anyOf(filter.filters.map((part) => filterSql(part, operandOf)));
    case "test": {
      const condition = testSql(operandOf(filter.field), filter.test);
      return filter.isNegated ? negated(condition) : condition;
    }
  }
}

function testSql(operand: Operand, test: FieldTest): SQL {
  return operand.kind === "json" ? jsonTestSql(operand, test) : textTestSql(operand.column, test);
}

function negated(condition: SQL): SQL {
  if (condition === NEVER) return ALWAYS;
  return condition === ALWAYS ? NEVER : sql`(${condition}) is not true`;
}
