import type { KeyBound, SearchPlan } from "@eventfold/query";
import { type SQL, sql } from "drizzle-orm";
import { ALWAYS, allOf } from "./constant-sql.ts";
import type { OperandOf } from "./field-operand.ts";
import { canBeMissing, startSql, withoutMissing } from "./start-sql.ts";

/**
 * The conditions of the parts that a search is fetched in, one after the other. Where the first key can be missing there
 * are two: the rows that have it and those that do not. Each is one range of one index, in either direction, wherever
 * missing values go; together they are none.
 */
export function searchParts({ order, start }: SearchPlan, operandOf: OperandOf): readonly SQL[] {
  const [first] = order;
  if (first === undefined || !canBeMissing(first, operandOf)) {
    return [start.length === 0 ? ALWAYS : startSql(start, operandOf)];
  }
  const operand = operandOf(first.field);
  const key = operand.kind === "json" ? operand.key : sql`null`;
  const present = presentPart(key, start, operandOf);
  const missing = missingPart(key, start, operandOf);
  const parts = first.nulls === "last" ? [present, missing] : [missing, present];
  return parts.filter((part) => part !== undefined);
}

/** Rows with a first key; `undefined` where all of those lie before the start. */
function presentPart(key: SQL, start: readonly KeyBound[], operandOf: OperandOf): SQL | undefined {
  const [first, ...rest] = start;
  const isPresent = sql`${key} is not null`;
  if (first === undefined || first.beyond.kind === "present") return isPresent;
  if (first.beyond.kind === "nothing") return undefined;
  return allOf([isPresent, startSql([withoutMissing(first), ...rest], operandOf)]);
}

/** Rows without a first key; `undefined` where all of those lie before the start. */
function missingPart(key: SQL, start: readonly KeyBound[], operandOf: OperandOf): SQL | undefined {
  const [first, ...rest] = start;
  const isMissing = sql`${key} is null`;
  if (first === undefined) return isMissing;
  if (first.value === null) return allOf([isMissing, startSql(rest, operandOf)]);
  return first.beyond.kind === "ordered" && first.beyond.orMissing ? isMissing : undefined;
}
