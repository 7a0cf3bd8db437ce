import type { JsonValue } from "@eventfold/types";
import type { QueryDocument } from "../document.ts";
import type { Path, PathSegment } from "./path.ts";

/**
 * What a path finds in a document; `null` when a segment is missing. Only own members are seen.
 *
 * @example
 * ```ts
 * resolvePath(path("state", "items", 0), document); // the first item, or null
 * ```
 */
export function resolvePath({ segments }: Path, document: QueryDocument): JsonValue {
  let value: unknown = document;
  for (const segment of segments) {
    value = memberOf(value, segment);
    if (value === undefined) return null;
  }
  return value as JsonValue;
}

function memberOf(value: unknown, segment: PathSegment): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  if (Array.isArray(value)) return typeof segment === "number" ? value[segment] : undefined;
  if (typeof segment !== "string" || !Object.hasOwn(value, segment)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[segment];
}
