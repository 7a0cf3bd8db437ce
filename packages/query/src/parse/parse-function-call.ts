import type { FunctionArgument, FunctionCall } from "../functions/function-call.ts";
import type { AnyQueryFunction, ParameterKind } from "../functions/query-function.ts";
import { MAX_FUNCTION_ARGUMENTS } from "../limits.ts";
import type { Location } from "./location.ts";
import { below, described, fault } from "./location.ts";
import { parsePath } from "./parse-path.ts";
import { parseNumber } from "./parse-value.ts";
import { readElements, readMembers, readText } from "./record.ts";

/** Reads a call of one of these functions; without a list of them, of any. */
export function parseFunctionCall(
  value: unknown,
  at: Location,
  functions?: Iterable<AnyQueryFunction>,
): FunctionCall<unknown, never> {
  const members = readMembers(value, at, ["kind", "name", "arguments"]);
  const name = readText(members.get("name"), below(at, "name"));
  const where = below(at, "arguments");
  const given = readElements(members.get("arguments"), where, MAX_FUNCTION_ARGUMENTS);
  const parsed = given.map((argument, index) => parseArgument(argument, below(where, index)));
  if (functions !== undefined) checkSignature({ name, parsed, functions, at });
  return Object.freeze({ kind: "function", name, arguments: Object.freeze(parsed) });
}

function parseArgument(value: unknown, at: Location): FunctionArgument {
  if (typeof value === "boolean") return value;
  if (typeof value === "number") return parseNumber(value, at);
  return typeof value === "string" ? readText(value, at) : parsePath(value, at);
}

interface Signature {
  readonly name: string;
  readonly parsed: readonly FunctionArgument[];
  readonly functions: Iterable<AnyQueryFunction>;
  readonly at: Location;
}

function checkSignature({ name, parsed, functions, at }: Signature): void {
  const { parameters } = definitionOf(name, [...functions], below(at, "name"));
  const where = below(at, "arguments");
  if (parsed.length !== parameters.length) {
    fault(where, `${name} takes ${parameters.length} arguments, got ${parsed.length}`);
  }
  for (const [index, kind] of parameters.entries()) checkArgument(kind, parsed[index], below(where, index));
}

function definitionOf(name: string, functions: readonly AnyQueryFunction[], at: Location): AnyQueryFunction {
  const known = functions.map((definition) => definition.name).join(", ");
  const found = functions.find((definition) => definition.name === name);
  return found ?? fault(at, `unknown function ${described(name)}; known: ${known}`);
}

function checkArgument(kind: ParameterKind, argument: FunctionArgument | undefined, at: Location): void {
  const actual = typeof argument === "object" ? "path" : typeof argument;
  if (actual !== kind) fault(at, `expected a ${kind}, got a ${actual}`);
}
