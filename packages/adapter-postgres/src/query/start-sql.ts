import type { KeyBound, OrderedBeyond, OrderKey, SortKey } from "@eventfold/query";
import { type SQL, sql } from "drizzle-orm";
import { ALWAYS, allOf, anyOf, NEVER } from "./constant-sql.ts";
import type { OperandOf } from "./field-operand.ts";
import { equalKeySql } from "./json-test-sql.ts";
import type { JsonOperand, Operand } from "./operand.ts";
import { COMPOSITE, sortKeyText } from "./sort-key-text.ts";

/** Which rows lie behind the bounds: beyond the first one, or tied with it and behind the rest. */
export function startSql(bounds: readonly KeyBound[], operandOf: OperandOf): SQL {
  const pair = pairSql(bounds, operandOf);
  if (pair !== undefined) return pair;
  const [first, ...rest] = bounds;
  if (first === undefined) return NEVER;
  const operand = operandOf(first.key.field);
  const beyond = beyondSql(operand, first);
  if (rest.length === 0) return beyond;
  const tiedAndBehind = allOf([tieSql(operand, first.value), startSql(rest, operandOf)]);
  return allOf([limitSql(operand, first), anyOf([beyond, tiedAndBehind])]);
}

/** Two keys in one direction are compared as a row, which an index of both finds at once; no missing value must count. */
function pairSql(bounds: readonly KeyBound[], operandOf: OperandOf): SQL | undefined {
  const [first, second] = bounds;
  if (bounds.length !== 2 || first?.beyond.kind !== "ordered" || second?.beyond.kind !== "ordered") return undefined;
  if (first.key.direction !== second.key.direction || typeof second.value !== "string") return undefined;
  const [left, right] = [operandOf(first.key.field), operandOf(second.key.field)];
  if (left.kind !== "json" || right.kind !== "text" || first.beyond.orMissing) return undefined;
  const { text, isCut } = sortKeyText(first.beyond.value);
  if (isCut) return undefined;
  return sql`(${left.key}, ${right.column}) ${operatorOf(first.beyond)} (${text}::text, ${second.value}::text)`;
}

function beyondSql(operand: Operand, { beyond }: KeyBound): SQL {
  if (beyond.kind === "nothing") return NEVER;
  if (operand.kind === "text") return beyond.kind === "present" ? ALWAYS : textBeyondSql(operand.column, beyond);
  if (beyond.kind === "present") return sql`${operand.key} is not null`;
  const isBeyond = jsonBeyondSql(operand, beyond);
  return beyond.orMissing ? anyOf([isBeyond, sql`${operand.key} is null`]) : isBeyond;
}

/** A text among other types: after numbers, before booleans. */
function textBeyondSql(column: SQL, beyond: OrderedBeyond): SQL {
  if (typeof beyond.value === "string") return sql`${column} ${operatorOf(beyond)} ${beyond.value}::text`;
  const isAbove = typeof beyond.value === "number";
  return isAbove === (beyond.comparison === "greater") ? ALWAYS : NEVER;
}

function jsonBeyondSql({ key, text }: JsonOperand, beyond: OrderedBeyond): SQL {
  const operator = operatorOf(beyond);
  const bound = sortKeyText(beyond.value);
  const isBeyond = sql`${key} ${operator} ${bound.text}::text`;
  if (!bound.isCut) return isBeyond;
  return sql`(${isBeyond} or (${key} = ${bound.text}::text and ${text} ${operator} ${beyond.value}::text))`;
}

function tieSql(operand: Operand, value: SortKey): SQL {
  if (operand.kind === "text") return typeof value === "string" ? sql`${operand.column} = ${value}::text` : NEVER;
  if (value === null) return sql`${operand.key} is null`;
  if (typeof value === "object") return sql`${operand.key} = ${COMPOSITE}::text`;
  return equalKeySql(operand, value);
}

/** What follows from being behind, for the planner: it finds no range in an "or". */
function limitSql(operand: Operand, { beyond }: KeyBound): SQL {
  if (beyond.kind !== "ordered") return ALWAYS;
  const operator = sql.raw(beyond.comparison === "greater" ? ">=" : "<=");
  if (operand.kind === "text" && typeof beyond.value === "string") {
    return sql`${operand.column} ${operator} ${beyond.value}::text`;
  }
  if (operand.kind === "text" || beyond.orMissing) return ALWAYS;
  return sql`${operand.key} ${operator} ${sortKeyText(beyond.value).text}::text`;
}

function operatorOf({ comparison }: OrderedBeyond): SQL {
  return sql.raw(comparison === "greater" ? ">" : "<");
}

/** A bound without the missing values behind it, which are a part of their own. */
export function withoutMissing(bound: KeyBound): KeyBound {
  return bound.beyond.kind === "ordered" ? { ...bound, beyond: { ...bound.beyond, orMissing: false } } : bound;
}

/** Whether a field's values can be missing. */
export function canBeMissing({ field }: OrderKey, operandOf: OperandOf): boolean {
  return operandOf(field).kind === "json";
}
