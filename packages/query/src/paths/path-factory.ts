import { root } from "../parse/location.ts";
import { parsePath } from "../parse/parse-path.ts";
import type { Path, PathSegment } from "./path.ts";

/** Segments that the compiler knows; what is known only at run time goes through `path.unchecked`. */
export type KnownSegments<TSegments extends readonly PathSegment[]> = number extends TSegments["length"]
  ? never
  : TSegments;

/** The type of {@link path}. */
export interface PathFactory {
  <const TSegments extends readonly PathSegment[]>(...segments: KnownSegments<TSegments>): Path<TSegments>;
  /**
   * A path known only at run time: the compiler checks neither it nor the values compared with it.
   *
   * @throws `InvalidQueryError` (`INVALID_QUERY`) when a segment is not a string and no index, or the first is not a
   * field at the top level.
   *
   * @example
   * ```ts
   * filter(path.unchecked("state", ...segmentsFromUser), "equal", value);
   * ```
   */
  unchecked(...segments: readonly PathSegment[]): Path;
}

/**
 * A path from its segments, frozen: the form for members whose name has a dot or consists of digits, which the dotted
 * form (`"state.items.0.sku"`) cannot express.
 *
 * A number finds only an element of an array, a string only a member of an object. At most 100 segments; an index is at
 * most 2,147,483,647; `id` and `name` have nothing beneath them.
 *
 * @throws `InvalidQueryError` (`INVALID_QUERY`) when a segment is not a string and no index, or the first is not a
 * field at the top level.
 *
 * @example
 * ```ts
 * filter(path("state", "items", 0, "sku"), "equal", "A-1");
 * filter(path("state", "hosts", "example.com"), "exists");
 * ```
 */
export const path: PathFactory = Object.assign(checked, { unchecked });

function checked<const TSegments extends readonly PathSegment[]>(
  ...segments: KnownSegments<TSegments>
): Path<TSegments> {
  return unchecked(...(segments as readonly PathSegment[])) as unknown as Path<TSegments>;
}

function unchecked(...segments: readonly PathSegment[]): Path {
  return parsePath({ kind: "path", segments }, root("path"));
}
