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

/** `T` where what a projector makes survives being stored; `never` where it does not. */
export type WhereStorable<TState, TMetadata, T> =
  IsKeptByJson<TState> extends true ? (IsKeptByJson<TMetadata> extends true ? T : never) : never;
