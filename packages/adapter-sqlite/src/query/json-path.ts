import type { PathSegment } from "@eventfold/query";

/**
 * A path of SQLite's JSON functions: members as JSON strings, whatever is in their names, elements by index. SQLite finds
 * a quoted member in objects only and an index in arrays only, as the query language does.
 */
export function jsonPathOf(segments: readonly PathSegment[]): string {
  const steps = segments.map((segment) =>
    typeof segment === "number" ? `[${segment}]` : `.${JSON.stringify(segment)}`,
  );
  return `$${steps.join("")}`;
}
