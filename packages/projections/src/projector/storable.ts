import type { Jsonify } from "@eventfold/types";
import type { Projection } from "../projection.ts";

type DeepReadonly<T> = T extends string | number | boolean | bigint | symbol | null | undefined
  ? T
  : unknown extends T
    ? T
    : { readonly [K in keyof T]: DeepReadonly<T[K]> };

/** Whether a value comes back from JSON as it was, apart from being readonly. */
type IsKeptByJson<T> = [Jsonify<T>] extends [DeepReadonly<T>] ? true : false;

/** A projection as it comes back from a store: with what JSON gives back. */
export type LoadedProjection<TState, TMetadata> = Projection<Jsonify<TState>, Jsonify<TMetadata>>;

/**
 * What a projector can continue: a projection that it made, and one that was stored, unless its state or metadata holds
 * what JSON does not give back, such as a `Date`.
 */
export type Continuable<TState, TMetadata> =
  | Projection<TState, TMetadata>
  | (IsKeptByJson<TState> extends true
      ? IsKeptByJson<TMetadata> extends true
        ? LoadedProjection<TState, TMetadata>
        : never
      : never);

/** Tells a reader of the compiler's message why what a projector makes cannot be stored. */
export interface RefusedState<TReason extends string> {
  readonly refusedBecause: TReason;
}

/** The members that JSON does not give back as they were; none of what is no plain object. */
type LostMember<T> = T extends readonly unknown[] | { toJSON(...args: never[]): unknown }
  ? never
  : { readonly [K in keyof T & string]: IsKeptByJson<Pick<T, K>> extends true ? never : K }[keyof T & string];

type LostPath<T, TPath extends string> = [LostMember<T>] extends [never] ? TPath : `${TPath}.${LostMember<T>}`;

type NotStorable<
  T,
  TPath extends string,
> = RefusedState<`${LostPath<T, TPath>} does not come back from JSON as it was: store a date as text, and null instead of undefined`>;

/** `T` where what a projector makes survives being stored; where it does not, what says so. */
export type WhereStorable<TState, TMetadata, T> =
  IsKeptByJson<TState> extends true
    ? IsKeptByJson<TMetadata> extends true
      ? T
      : NotStorable<TMetadata, "metadata">
    : NotStorable<TState, "state">;
