import type { JsonValue } from "@eventfold/types";

/**
 * Whether two JSON values are deeply equal: numbers as doubles, texts by code point, arrays in order, objects whatever the
 * order of their members. A member that is `null` is not a missing one.
 *
 * @example
 * ```ts
 * isEqualJson({ a: 1, b: [0] }, { b: [-0], a: 1 }); // true
 * isEqualJson({ a: null }, {}); // false
 * ```
 */
export function isEqualJson(left: JsonValue, right: JsonValue): boolean {
  if (typeof left !== "object" || left === null || typeof right !== "object" || right === null) return left === right;
  if (Array.isArray(left)) return Array.isArray(right) && isEqualArray(left, right);
  return !Array.isArray(right) && isEqualObject(left as JsonMembers, right as JsonMembers);
}

type JsonMembers = Readonly<Record<string, JsonValue>>;

function isEqualArray(left: readonly JsonValue[], right: readonly JsonValue[]): boolean {
  return left.length === right.length && left.every((value, index) => isEqualJson(value, right[index] as JsonValue));
}

function isEqualObject(left: JsonMembers, right: JsonMembers): boolean {
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  return names.every((name) => Object.hasOwn(right, name) && isEqualJson(memberOf(left, name), memberOf(right, name)));
}

function memberOf(members: JsonMembers, name: string): JsonValue {
  return members[name] as JsonValue;
}
