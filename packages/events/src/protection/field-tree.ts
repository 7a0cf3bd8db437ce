import { isJsonObject, type JsonObject, type JsonValue } from "@eventfold/types";

/** Fields of a payload, by the names that lead to them: a field, or the fields within a member. */
export type FieldTree = ReadonlyMap<string, FieldTree | typeof FIELD>;

/** A member that is a field. */
export const FIELD = Symbol("field");

/** Fields that were taken out of a payload, in the order in which they were there. */
export interface TakenFields {
  readonly rest: JsonObject;
  /** The path of each field. */
  readonly paths: readonly string[];
  readonly values: readonly JsonValue[];
}

/** A fault in a payload, and where it is. */
export class FieldFault extends Error {
  readonly names: readonly string[];

  constructor(names: readonly string[], reason: string) {
    super(reason);
    this.names = names;
  }
}

/**
 * The tree of some paths, which do not overlap.
 *
 * @param paths each in its parts.
 */
export function fieldTree(paths: readonly (readonly string[])[]): FieldTree {
  const within = Map.groupBy(paths, ([name]) => name ?? "");
  return new Map(
    [...within].map(([name, own]) => {
      const rests = own.map(([, ...rest]) => rest);
      return [name, rests.some(({ length }) => length === 0) ? FIELD : fieldTree(rests)];
    }),
  );
}

/** The paths of a tree, each in its parts. */
export function pathsOf(tree: FieldTree): readonly (readonly string[])[] {
  return [...tree].flatMap(([name, within]) =>
    within === FIELD ? [[name]] : pathsOf(within).map((rest) => [name, ...rest]),
  );
}

/**
 * Takes fields out of a payload, which stays as it is. A field that is missing, or within a member that is missing or `null`, is left out.
 *
 * @throws {@link FieldFault} when a path leads into an array or another value that is not an object, or a name has dots where a path leads
 * through objects: it would be stored as it is.
 */
export function takeFields(payload: JsonValue, fields: FieldTree): TakenFields {
  const [paths, values]: [string[], JsonValue[]] = [[], []];
  const take = (from: JsonValue, tree: FieldTree, names: readonly string[]): JsonObject => {
    if (!isJsonObject(from)) throw new FieldFault(names, `protected paths lead into it, but it is ${kindOf(from)}`);
    const rest: Record<string, JsonValue> = {};
    for (const name of Object.keys(from)) {
      const value = from[name] as JsonValue;
      const within = tree.get(name);
      if (within === undefined) {
        if (name.includes(".")) refuseDottedName(name, tree, names);
        setMember(rest, name, value);
      } else if (within !== FIELD) {
        setMember(rest, name, value === null ? null : take(value, within, [...names, name]));
      } else {
        paths.push(names.length === 0 ? name : [...names, name].join("."));
        values.push(value);
      }
    }
    return rest;
  };
  return { rest: take(payload, fields, []), paths, values };
}

/**
 * Puts a field into a payload that is the caller's own; objects within it are copied.
 *
 * @throws `TypeError` when the path leads through something that is not an object.
 */
export function putField(payload: Record<string, JsonValue>, path: string, value: JsonValue): void {
  if (path.includes(".")) putWithin(payload, path.split("."), value);
  else setMember(payload, path, value);
}

function putWithin(
  parent: Record<string, JsonValue>,
  [name = "", ...names]: readonly string[],
  value: JsonValue,
): void {
  if (names.length === 0) {
    setMember(parent, name, value);
    return;
  }
  const member = Object.hasOwn(parent, name) ? (parent[name] as JsonValue) : {};
  if (!isJsonObject(member)) throw new TypeError(`${JSON.stringify(name)} is not an object`);
  const copy = { ...member };
  setMember(parent, name, copy);
  putWithin(copy, names, value);
}

/** A member named `"a.b"` is not the field at the path `"a.b"`. */
function refuseDottedName(name: string, tree: FieldTree, names: readonly string[]): void {
  let within: FieldTree | typeof FIELD | undefined = tree;
  for (const part of name.split(".")) within = within instanceof Map ? within.get(part) : undefined;
  if (within === undefined) return;
  throw new FieldFault([...names, name], "a protected path leads through objects, but this is one name with a dot");
}

/** An assignment to `__proto__` would change the prototype; every other one adds a member. */
function setMember(parent: Record<string, JsonValue>, name: string, value: JsonValue): void {
  if (name !== "__proto__") parent[name] = value;
  else Object.defineProperty(parent, name, { value, enumerable: true, configurable: true, writable: true });
}

function kindOf(value: JsonValue): string {
  if (Array.isArray(value)) return "an array, which can be protected only as a whole";
  return value === null ? "null" : `a ${typeof value}`;
}
