/** One step of a path: a string names a member of an object, a number an element of an array, from 0. */
export type PathSegment = string | number;

/**
 * Where in a document a value is, as data. `Path` without type argument is one that the compiler does not check.
 *
 * Segments are compared with own members only, so that `__proto__` and `constructor` are names like any other.
 */
export interface Path<TSegments extends readonly PathSegment[] = readonly PathSegment[]> {
  readonly kind: "path";
  /** The first is a field at the top level: `id`, `name`, `source`, `state` or `metadata`. */
  readonly segments: TSegments;
}
