import type { Path, PathSegment } from "./path.ts";

const PLAIN = /^[^.\s]*[^.\s0-9][^.\s]*$/u;

/**
 * A path as people write it: dotted where that is exact, otherwise with the segment in brackets.
 *
 * @example
 * ```ts
 * printPath(path("state", "items", 0, "sku")); // state.items.0.sku
 * printPath(path("state", "hosts", "example.com")); // state.hosts["example.com"]
 * ```
 */
export function printPath({ segments }: Path): string {
  return segments.reduce<string>((text, segment) => text + printed(segment, text === ""), "");
}

function printed(segment: PathSegment, isFirst: boolean): string {
  if (typeof segment === "string" && !PLAIN.test(segment)) return `[${JSON.stringify(segment)}]`;
  return isFirst ? String(segment) : `.${segment}`;
}
