import type { JsonValue } from "@eventfold/types";
import type { Field } from "../clauses/clause.ts";
import type { QueryDocument } from "../document.ts";
import type { FunctionArgument, FunctionCall } from "../functions/function-call.ts";
import type { QueryFunctions } from "../functions/function-registry.ts";
import type { AnyQueryFunction } from "../functions/query-function.ts";
import { resolvePath } from "../paths/resolve-path.ts";

/** Reads a field of documents: what its path finds or its function yields, `null` when that is nothing. */
export function fieldReader(field: Field<unknown>, functions: QueryFunctions): (document: QueryDocument) => JsonValue {
  return field.kind === "path" ? (document) => resolvePath(field, document) : callReader(field, functions);
}

function callReader(call: FunctionCall<unknown>, functions: QueryFunctions): (document: QueryDocument) => JsonValue {
  const definition = functions.get(call.name);
  if (definition === undefined) throw new TypeError(`There is no function called ${call.name}.`);
  return (document) => {
    const values = call.arguments.map((argument) => argumentValue(argument, document));
    return checkedResult(definition, definition.evaluate(...(values as never)));
  };
}

function argumentValue(argument: FunctionArgument, document: QueryDocument): JsonValue {
  return typeof argument === "object" ? resolvePath(argument, document) : argument;
}

/** A function of the user's that yields what it did not declare would order documents differently on each adapter. */
function checkedResult({ name, result }: AnyQueryFunction, value: unknown): JsonValue {
  if (value === null) return null;
  const isPortable =
    typeof value === "number" ? Number.isFinite(value) : typeof value !== "string" || value.isWellFormed();
  if (typeof value === result && isPortable) return value as JsonValue;
  throw new TypeError(`The function ${name} must yield a ${result} or null, but yielded ${String(value)}.`);
}
