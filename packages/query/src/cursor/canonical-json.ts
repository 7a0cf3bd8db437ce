import type { JsonValue } from "@eventfold/types";

/**
 * JSON with the members of objects in the order of their names (by UTF-16 unit), so that deeply equal values have equal
 * texts: a database can then compare texts.
 *
 * @example
 * ```ts
 * canonicalJson({ b: [-0], a: "é" }); // '{"a":"é","b":[0]}'
 * ```
 */
export function canonicalJson(value: JsonValue): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const members = Object.entries(value as Readonly<Record<string, JsonValue>>);
  const texts = members.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, inner]) => memberText(name, inner));
  return `{${texts.join(",")}}`;
}

function memberText(name: string, value: JsonValue): string {
  return `${JSON.stringify(name)}:${canonicalJson(value)}`;
}
