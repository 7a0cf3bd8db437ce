import type { JsonValue } from "@eventfold/types";
import type { Clause } from "../clauses/clause.ts";
import type { Operator } from "../clauses/operator.ts";
import { isOrderingOperator, OPERATORS } from "../clauses/operator.ts";
import type { QueryFunctions } from "../functions/function-registry.ts";
import { MAX_CLAUSE_DEPTH, MAX_CLAUSES } from "../limits.ts";
import { parseRegex } from "../regex/parse-regex.ts";
import type { Location } from "./location.ts";
import { below, described, fault, printLocation } from "./location.ts";
import { parseField } from "./parse-field.ts";
import { parseValue } from "./parse-value.ts";
import type { Members } from "./record.ts";
import { readElements, readMembers, readOneOf, readText } from "./record.ts";

/** What is known while one query is read: the functions it may call, and the clauses counted so far. */
export interface ParseContext {
  readonly functions: QueryFunctions | undefined;
  clauseCount: number;
}

const MEMBERS = ["kind", "field", "operator", "value", "clauses", "clause"] as const;
const KINDS = ["filter", "and", "or", "not"] as const;

/** Reads a clause; the depth is checked on the way down, so that no nesting can exhaust the stack. */
export function parseClause(
  value: unknown,
  at: Location,
  context: ParseContext = { functions: undefined, clauseCount: 0 },
): Clause<unknown> {
  return parseNested(value, at, { context, depth: 1 });
}

interface Nesting {
  readonly context: ParseContext;
  readonly depth: number;
}

function parseNested(value: unknown, at: Location, nesting: Nesting): Clause<unknown> {
  if (nesting.depth > MAX_CLAUSE_DEPTH) fault(at, `clauses nest at most ${MAX_CLAUSE_DEPTH} deep`);
  if (++nesting.context.clauseCount > MAX_CLAUSES) fault(at, `a query has at most ${MAX_CLAUSES} clauses`);
  const members = readMembers(value, at, MEMBERS);
  const kind = readOneOf(members.get("kind"), below(at, "kind"), KINDS);
  const inner = { context: nesting.context, depth: nesting.depth + 1 };
  switch (kind) {
    case "filter":
      return parseFilter(members, at, nesting.context);
    case "not":
      refuseOthers(members, at, ["clause"]);
      return Object.freeze({ kind, clause: parseNested(members.get("clause"), below(at, "clause"), inner) });
    default:
      refuseOthers(members, at, ["clauses"]);
      return Object.freeze({ kind, clauses: parseClauses(members.get("clauses"), below(at, "clauses"), inner) });
  }
}

function parseClauses(value: unknown, at: Location, nesting: Nesting): readonly Clause<unknown>[] {
  const elements = readElements(value, at, MAX_CLAUSES);
  return Object.freeze(elements.map((element, index) => parseNested(element, below(at, index), nesting)));
}

function refuseOthers(members: Members, at: Location, expected: readonly string[]): void {
  for (const name of members.keys()) {
    if (name !== "kind" && !expected.includes(name)) fault(below(at, name), "it has no place in a clause of this kind");
  }
}

function parseFilter(members: Members, at: Location, context: ParseContext): Clause<unknown> {
  refuseOthers(members, at, ["field", "operator", "value"]);
  const field = parseField(members.get("field"), below(at, "field"), context.functions);
  const operator = readOneOf(members.get("operator"), below(at, "operator"), OPERATORS);
  const where = below(at, "value");
  if (operator === "exists") {
    if (members.has("value")) fault(where, "exists takes no value");
    return Object.freeze({ kind: "filter", field, operator });
  }
  if (!members.has("value")) fault(where, `${operator} takes a value`);
  return Object.freeze({ kind: "filter", field, operator, value: parseOperand(operator, members.get("value"), where) });
}

function parseOperand(operator: Operator, value: unknown, at: Location): JsonValue {
  if (isOrderingOperator(operator)) return parseOrdered(value, at);
  switch (operator) {
    case "in":
    case "not_in":
      readElements(value, at);
      return parseValue(value, at);
    case "contains_text":
    case "starts_with":
      return readText(value, at);
    case "regex_matches":
    case "not_regex_matches":
      return parseRegex(readText(value, at), printLocation(at)).pattern;
    default:
      return parseValue(value, at);
  }
}

function parseOrdered(value: unknown, at: Location): JsonValue {
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") {
    return fault(at, `expected a number, a string or a boolean to order by, got ${described(value)}`);
  }
  return parseValue(value, at);
}
