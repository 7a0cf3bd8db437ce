import type { QueryDocument } from "../document.ts";
import type { Path, PathSegment } from "./path.ts";

type Leaf = string | number | boolean | bigint | symbol | null | undefined | ((...args: never[]) => unknown);

/** One step down, over every member of a union that has it; `never` when none has. */
type Step<T, S extends PathSegment> = unknown extends T
  ? unknown
  : T extends { toJSON(...args: never[]): infer R }
    ? Step<R, S>
    : T extends Leaf
      ? never
      : T extends readonly (infer E)[]
        ? S extends number
          ? number extends T["length"]
            ? E
            : `${S}` extends keyof T
              ? T[`${S}` & keyof T]
              : never
          : never
        : S extends keyof T & string
          ? T[S]
          : never;

type Walk<T, S extends readonly PathSegment[]> = S extends readonly [
  infer Head extends PathSegment,
  ...infer Rest extends readonly PathSegment[],
]
  ? Walk<Step<T, Head>, Rest>
  : T;

type Segment<S extends string> = S extends `${infer Index extends number}` ? Index : S;

type Segments<P extends string> = P extends `${infer Head}.${infer Rest}`
  ? [Segment<Head>, ...Segments<Rest>]
  : [Segment<P>];

/** A document of unknown type counts as any with the five fields at the top level. */
type Known<TDocument> = [TDocument] extends [never]
  ? QueryDocument
  : unknown extends TDocument
    ? QueryDocument
    : TDocument;

/** A dotted string that the compiler does not know is checked nowhere, so it fits only where nothing is checked. */
type AnyString<TDocument> = [TDocument] extends [never] ? unknown : unknown extends TDocument ? unknown : never;

/**
 * The type of what a path finds in a document, before JSON; `never` when there is no such path.
 *
 * It walks the type one segment at a time and on demand, so that recursive types need no bound.
 *
 * @example
 * ```ts
 * type City = ValueAt<QueryDocument<{ owner: { city: string } }>, "state.owner.city">; // string
 * ```
 */
export type ValueAt<TDocument, TPath> = TPath extends string
  ? string extends TPath
    ? AnyString<TDocument>
    : Walk<Known<TDocument>, Segments<TPath>>
  : TPath extends Path<infer S>
    ? number extends S["length"]
      ? unknown
      : Walk<Known<TDocument>, S>
    : never;

type Parent<P extends string> = P extends `${infer Head}.${infer Rest}`
  ? Rest extends `${string}.${string}`
    ? `${Head}.${Parent<Rest>}`
    : Head
  : "";

type Names<T> = T extends { toJSON(...args: never[]): infer R }
  ? Names<R>
  : T extends Leaf
    ? never
    : T extends readonly unknown[]
      ? number
      : T extends object
        ? keyof T & string
        : never;

/** What could be used instead: the paths next to a misspelt one, which editors also offer. */
export type SuggestedPath<TDocument, TPath> = TPath extends string
  ? Parent<TPath> extends infer P extends string
    ? P extends ""
      ? Names<Known<TDocument>>
      : `${P}.${Names<ValueAt<TDocument, P>>}`
    : never
  : never;

/** The path itself if it leads to text, otherwise the paths that could be used instead. */
export type CheckedTextPath<TDocument, TPath> =
  unknown extends ValueAt<TDocument, TPath>
    ? TPath
    : [Extract<ValueAt<TDocument, TPath>, string>] extends [never]
      ? Exclude<SuggestedPath<TDocument, TPath>, TPath>
      : CheckedPath<TDocument, TPath>;

/**
 * The path itself if the document has it; otherwise the paths that could be used instead, so that the compiler refuses
 * it and says what it expected.
 */
export type CheckedPath<TDocument, TPath> = [ValueAt<TDocument, TPath>] extends [never]
  ? SuggestedPath<TDocument, TPath>
  : TPath;
