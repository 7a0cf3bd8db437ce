import type { Field } from "../clauses/clause.ts";
import type { QueryFunctions } from "../functions/function-registry.ts";
import type { Location } from "./location.ts";
import { parseFunctionCall } from "./parse-function-call.ts";
import { parsePath } from "./parse-path.ts";
import { readData } from "./record.ts";

/** Reads a path, dotted or as data, or a call of a function. */
export function parseField(value: unknown, at: Location, functions: QueryFunctions | undefined): Field<unknown> {
  const isObject = typeof value === "object" && value !== null;
  if (isObject && readData(value, "kind", at) === "function") return parseFunctionCall(value, at, functions?.values());
  return parsePath(value, at);
}
