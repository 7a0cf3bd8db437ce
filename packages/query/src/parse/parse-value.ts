import type { JsonValue } from "@eventfold/types";
import { MAX_VALUE_DEPTH } from "../limits.ts";
import type { Location } from "./location.ts";
import { below, described, fault } from "./location.ts";
import { readData, readElements, readText } from "./record.ts";

/** Copies and freezes a JSON value from outside; what JSON or a database would change is refused. */
export function parseValue(value: unknown, at: Location, depth = 1): JsonValue {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") return readText(value, at);
  if (typeof value === "number") return parseNumber(value, at);
  if (typeof value !== "object") return fault(at, `expected a JSON value, got ${described(value)}`);
  if (depth > MAX_VALUE_DEPTH) return fault(at, `the value nests deeper than ${MAX_VALUE_DEPTH} levels`);
  return Array.isArray(value) ? parseArray(value, at, depth) : parseObject(value, at, depth);
}

/** Reads a number that JSON can carry; −0 becomes 0, which it equals everywhere. */
export function parseNumber(value: number, at: Location): number {
  return Number.isFinite(value) ? value + 0 : fault(at, `expected a finite number, got ${value}`);
}

function parseArray(value: readonly unknown[], at: Location, depth: number): JsonValue {
  return Object.freeze(
    readElements(value, at).map((element, index) => parseValue(element, below(at, index), depth + 1)),
  );
}

function parseObject(value: object, at: Location, depth: number): JsonValue {
  if (!isPlain(value)) return fault(at, "expected a JSON value, got an instance of a class");
  const members = Object.keys(value)
    .map((name) => [name, readData(value, name, below(at, name))] as const)
    .filter(([, member]) => member !== undefined)
    .map(([name, member]) => [readText(name, at), parseValue(member, below(at, name), depth + 1)] as const);
  return Object.freeze(Object.fromEntries(members)); // Not by assignment: that would call the setter of `__proto__`.
}

/** Plain objects of any realm: what has no prototype, or one that is the last of its chain. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
