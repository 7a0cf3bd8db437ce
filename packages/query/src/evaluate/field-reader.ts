import type { JsonValue } from "@eventfold/types";
import type { Field } from "../clauses/clause.ts";
import type { QueryDocument } from "../document.ts";
import type { FunctionArgument, FunctionCall } from "../functions/function-call.ts";
import type { QueryFunctions } from "../functions/function-registry.ts";
import { functionResult } from "../functions/function-result.ts";
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
    return functionResult(definition, definition.evaluate(...(values as never)));
  };
}

function argumentValue(argument: FunctionArgument, document: QueryDocument): JsonValue {
  return typeof argument === "object" ? resolvePath(argument, document) : argument;
}
