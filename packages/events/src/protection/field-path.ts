import type { JsonObject, JsonValue } from "@eventfold/types";
import type { Forgotten } from "./forgotten.ts";

/**
 * The paths to members of a payload, with dots between names: `"name"`, `"address.street"`. They lead through objects, five deep at most;
 * an array is protected as a whole. A member whose name has a dot has no path.
 */
export type FieldPath<T, TDepth extends readonly unknown[] = []> = TDepth["length"] extends 5
  ? never
  : T extends readonly unknown[]
    ? never
    : T extends object
      ? { [K in keyof T & string]-?: PathFrom<K, NonNullable<T[K]>, TDepth> }[keyof T & string]
      : never;

type PathFrom<TName extends string, TMember, TDepth extends readonly unknown[]> = TName extends `${string}.${string}`
  ? never
  : TName | `${TName}.${FieldPath<TMember, [...TDepth, unknown]>}`;

/** What a payload is read as whose fields at some paths are protected. */
export type WithForgotten<T, TPath extends string> = [TPath] extends [never]
  ? T
  : T extends readonly unknown[]
    ? T
    : T extends object
      ? {
          readonly [K in keyof T]: K extends TPath
            ? T[K] | Forgotten
            : K extends string
              ? WithForgotten<T[K], PathAfter<TPath, K>>
              : T[K];
        }
      : T;

type PathAfter<TPath extends string, TName extends string> = TPath extends `${TName}.${infer TRest}` ? TRest : never;

/** A path in its parts: names of members, from the outermost. */
export type FieldNames = readonly string[];

/** What was taken out of a payload. */
export interface TakenField {
  readonly path: FieldNames;
  readonly value: JsonValue;
}

/** A fault in a payload, and where it is. */
export class FieldFault extends Error {
  readonly names: FieldNames;

  constructor(names: FieldNames, reason: string) {
    super(reason);
    this.names = names;
  }
}

/**
 * Takes fields out of a payload, in a copy. A field that is missing, or within an object that is missing or `null`, is left out.
 *
 * @throws {@link FieldFault} when a path leads into an array or another value that is no object, or a name has a dot.
 */
export function takeFields(
  payload: JsonValue,
  paths: readonly FieldNames[],
): { readonly rest: JsonValue; readonly taken: readonly TakenField[] } {
  const taken: TakenField[] = [];
  let rest = payload;
  for (const path of paths) {
    const value = memberAt(rest, path);
    if (value === undefined) continue;
    taken.push({ path, value });
    rest = changedAt(rest as JsonObject, path, (parent, name) => delete parent[name]);
  }
  return { rest, taken };
}

/**
 * Puts a field into a payload, in a copy.
 *
 * @throws {@link FieldFault} when the path leads through something that is no object.
 */
export function putField(payload: JsonValue, path: FieldNames, value: JsonValue): JsonObject {
  return changedAt(payload, path, (parent, name) => setMember(parent, name, value));
}

/** An assignment to `__proto__` would change the prototype; every other one adds a member. */
function setMember(parent: Record<string, JsonValue>, name: string, value: JsonValue): void {
  if (name !== "__proto__") parent[name] = value;
  else Object.defineProperty(parent, name, { value, enumerable: true, configurable: true, writable: true });
}

function isJsonObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function memberAt(payload: JsonValue, path: FieldNames): JsonValue | undefined {
  let value: JsonValue = payload;
  for (const [depth, name] of path.entries()) {
    if (value === null) return undefined;
    if (!isJsonObject(value)) {
      const what = Array.isArray(value) ? "an array, which can be protected only as a whole" : `a ${typeof value}`;
      throw new FieldFault(
        path.slice(0, depth),
        `the protected path ${JSON.stringify(path.join("."))} leads into ${what}`,
      );
    }
    if (!Object.hasOwn(value, name)) {
      refuseDottedNames(value, path, depth);
      return undefined;
    }
    value = value[name] as JsonValue;
  }
  return value;
}

/** A member named `"a.b"` is not the field at the path `"a.b"`, and would be stored as it is. */
function refuseDottedNames(parent: JsonObject, path: FieldNames, depth: number): void {
  for (let end = depth + 2; end <= path.length; end++) {
    const dotted = path.slice(depth, end).join(".");
    if (!Object.hasOwn(parent, dotted)) continue;
    const reason = `the protected path ${JSON.stringify(path.join("."))} leads through objects, but this is a name with a dot`;
    throw new FieldFault([...path.slice(0, depth), dotted], reason);
  }
}

/** A copy of a payload in which the object that holds a field is changed; everything that is not on the way is shared. */
function changedAt(
  payload: JsonValue,
  path: FieldNames,
  change: (parent: Record<string, JsonValue>, name: string) => void,
): JsonObject {
  if (!isJsonObject(payload)) throw new FieldFault([], "expected an object");
  const copy: Record<string, JsonValue> = { ...payload };
  const [name = "", ...within] = path;
  if (within.length === 0) change(copy, name);
  else {
    const member = Object.hasOwn(copy, name) ? (copy[name] as JsonValue) : {};
    setMember(copy, name, changedAt(member, within, change));
  }
  return copy;
}
