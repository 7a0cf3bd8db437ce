import type { Field } from "../clauses/clause.ts";
import type { QueryFunctions } from "../functions/function-registry.ts";
import type { ResultKind } from "../functions/query-function.ts";
import { isTopLevel } from "../plan/order.ts";

/** What a field can yield. */
export interface PossibleValues {
  readonly types: ReadonlySet<ResultKind | "object">;
  readonly canBeMissing: boolean;
}

const TEXT: PossibleValues = { types: new Set(["string"]), canBeMissing: false };
const ANYTHING: PossibleValues = { types: new Set(["string", "number", "boolean", "object"]), canBeMissing: true };

/**
 * What a field can be: `id` and `name` are texts that are never missing, and a function returns what it declares or
 * nothing.
 */
export function possibleValues(field: Field<unknown>, functions: QueryFunctions): PossibleValues {
  if (isTopLevel(field, "id") || isTopLevel(field, "name")) return TEXT;
  const result = field.kind === "function" ? functions.get(field.name)?.result : undefined;
  return result === undefined ? ANYTHING : { types: new Set([result]), canBeMissing: true };
}
