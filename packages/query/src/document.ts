import type { SourceIdentifier } from "@eventfold/types";

/**
 * What queries are about: a projection, seen as JSON. Its five members are the only fields at the top level.
 *
 * `state` and `metadata` hold what `JSON.parse` gives back: no `undefined`, no dates.
 *
 * @example
 * ```ts
 * const document: QueryDocument<{ balance: number }> = {
 *   id: "acc-1", name: "account", source: { kind: "log" }, state: { balance: 5 }, metadata: null,
 * };
 * ```
 */
export interface QueryDocument<TState = unknown, TMetadata = unknown> {
  /** Unique among the documents of one name. */
  readonly id: string;
  /** The name of the projector that made it. */
  readonly name: string;
  /** Where its events came from. */
  readonly source: SourceIdentifier;
  /** What the events fold to. */
  readonly state: TState;
  /** What is known about the state; `null` when nothing. */
  readonly metadata: TMetadata;
}

/** The fields at the top level of a {@link QueryDocument}; every path begins with one of them. */
export const TOP_LEVEL_FIELDS = Object.freeze(["id", "name", "source", "state", "metadata"] as const);

/** One of {@link TOP_LEVEL_FIELDS}. */
export type TopLevelField = (typeof TOP_LEVEL_FIELDS)[number];

/** The key of a mark that is never present. */
export declare const about: unique symbol;

/**
 * Marks, for the compiler only, which documents a clause may be asked about. Nothing is stored at run time.
 *
 * It is contravariant: a clause about any document (`unknown`) fits everywhere, one about no document in particular
 * (`never`, the default) fits only where nothing is checked.
 */
export interface About<in TDocument> {
  /** Never present: it exists so that the compiler can tell clauses about different documents apart. */
  readonly [about]?: ((document: TDocument) => "fits") | undefined;
}

/**
 * What the clauses about documents of a type are checked against: the type itself, or nothing (`never`, so that any
 * clause fits) where nothing is known of the state.
 *
 * @example
 * ```ts
 * declare function search<T extends QueryDocument>(items: readonly T[], query: SearchQuery<CheckedDocument<T>>): void;
 * ```
 */
export type CheckedDocument<TDocument extends QueryDocument> = unknown extends TDocument["state"] ? never : TDocument;
