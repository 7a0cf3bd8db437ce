import type { Location } from "./location.ts";
import { below, described, fault } from "./location.ts";

/** The members of an object from outside, read once each and never through a getter. */
export type Members = ReadonlyMap<string, unknown>;

/** Reads an object that may have these members and no others; a member that is `undefined` is absent. */
export function readMembers(value: unknown, at: Location, allowed: readonly string[]): Members {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return fault(at, `expected an object, got ${described(value)}`);
  }
  const members = new Map<string, unknown>();
  for (const name of Object.keys(value)) {
    const member = readData(value, name, below(at, name));
    if (!allowed.includes(name)) fault(below(at, name), `unknown member; expected ${listed(allowed)}`);
    if (member !== undefined) members.set(name, member);
  }
  return members;
}

/** Reads the elements of an array from outside; one that is missing, or would run a getter, is refused. */
export function readElements(value: unknown, at: Location, limit = Number.POSITIVE_INFINITY): readonly unknown[] {
  if (!Array.isArray(value)) return fault(at, `expected an array, got ${described(value)}`);
  if (value.length > limit) return fault(at, `expected at most ${limit} elements, got ${value.length}`);
  const elements: unknown[] = [];
  for (let index = 0; index < value.length; index++) {
    if (!Object.hasOwn(value, index)) fault(below(at, index), "the array has a hole");
    elements.push(readData(value, index, below(at, index)));
  }
  return elements;
}

/** Reads one property as data. */
export function readData(owner: object, name: string | number, at: Location): unknown {
  const descriptor = Object.getOwnPropertyDescriptor(owner, name);
  if (descriptor !== undefined && !("value" in descriptor)) return fault(at, "expected data, got a getter");
  return descriptor?.value;
}

/** Reads one of a closed set of strings. */
export function readOneOf<T extends string>(value: unknown, at: Location, allowed: readonly T[]): T {
  if ((allowed as readonly unknown[]).includes(value)) return value as T;
  return fault(at, `expected ${listed(allowed)}, got ${described(value)}`);
}

/** Reads a string that every database can carry. */
export function readText(value: unknown, at: Location): string {
  if (typeof value !== "string") return fault(at, `expected a string, got ${described(value)}`);
  if (!value.isWellFormed()) return fault(at, "the string has a lone surrogate");
  if (value.includes("\0")) return fault(at, "the string has a NUL character");
  return value;
}

function listed(names: readonly string[]): string {
  return `${names.length === 1 ? "" : "one of "}${names.join(", ")}`;
}
