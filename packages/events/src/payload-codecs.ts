import type { Jsonify } from "@eventfold/types";
import type { AnyCodec, Codec, CodecValue } from "./codec.ts";
import type { bytesCodec } from "./codecs/bytes-codec.ts";

type Nullish = null | undefined;

type MembersOf<T> = T extends unknown ? keyof T : never;

type MemberOf<T, K extends PropertyKey> = T extends { readonly [P in K]?: infer TMember } ? TMember : never;

/** Codecs for the items of an array; {@link each} makes one. */
export interface EachCodec<out TCodecs> {
  readonly kind: "each-codec";
  readonly codecs: TCodecs;
}

/**
 * Codecs for members of a payload, by name, at any depth of objects, and through arrays by {@link each}. A value that is
 * `null` or absent stays as it is.
 *
 * @example
 * ```ts
 * const codecs = { openedAt: dateCodec, limits: { daily: bigintCodec }, lines: each({ price: moneyCodec }) };
 * ```
 */
export type CodecsFor<T> = { readonly [K in MembersOf<T>]?: CodecFor<Exclude<MemberOf<T, K>, Nullish>> };

type CodecFor<T> =
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON the codec makes.
  | Codec<T, any>
  | ([T] extends [Uint8Array]
      ? typeof bytesCodec
      : [T] extends [readonly (infer TItem)[]]
        ? EachCodec<CodecFor<Exclude<TItem, Nullish>>>
        : [T] extends [object]
          ? CodecsFor<T>
          : never);

/** Tells a reader of the compiler's message why a payload is refused. */
export interface RefusedPayload<TReason extends string> {
  readonly refusedBecause: TReason;
}

/** What JSON holds not at all, or as something else that says nothing of it. A `Date` is held as its text. */
// biome-ignore lint/suspicious/noExplicitAny: of whatever they hold.
type NotOfJson = bigint | symbol | ReadonlyMap<any, any> | ReadonlySet<any> | ArrayBufferView;

type IsNotOfJson<T> = 0 extends 1 & T ? false : [T] extends [never] ? false : [T] extends [NotOfJson] ? true : false;

type NeedingCodecs<T, TCodecs> = T extends object
  ? {
      [K in keyof T & string]-?: K extends keyof TCodecs
        ? never
        : IsNotOfJson<Exclude<T[K], Nullish>> extends true
          ? K
          : never;
    }[keyof T & string]
  : never;

/** A payload whose members are all JSON, or have a codec. */
export type StorablePayload<T, TCodecs> = [NeedingCodecs<T, TCodecs>] extends [never]
  ? unknown
  : RefusedPayload<`JSON does not hold "${NeedingCodecs<T, TCodecs>}": give it a codec`>;

/** What a payload is read as: what JSON gives back, except for what codecs give back. */
export type ReadWith<T, TCodecs> = 0 extends 1 & T
  ? T
  : unknown extends T
    ? Jsonify<T>
    : T extends unknown
      ? Jsonify<T> extends infer J
        ? { readonly [K in keyof J]: K extends keyof TCodecs & keyof T ? ReadMember<T[K], TCodecs[K]> : J[K] }
        : never
      : never;

type ReadMember<T, TCodec> = TCodec extends AnyCodec
  ? CodecValue<TCodec> | Extract<T, null>
  : TCodec extends EachCodec<infer TItemCodec>
    ? T extends readonly (infer TItem)[]
      ? readonly ReadMember<TItem, TItemCodec>[]
      : Extract<T, null>
    : ReadWith<Exclude<T, undefined>, TCodec>;

/**
 * Codecs for the items of an array: one codec, or codecs for members of the items.
 *
 * @example
 * ```ts
 * const codecs = { visitedAt: each(dateCodec), lines: each({ price: moneyCodec }) };
 * ```
 */
export function each<const TCodecs extends object>(codecs: TCodecs): EachCodec<TCodecs> {
  return Object.freeze({ kind: "each-codec", codecs });
}

/** Whether a value was made by {@link each}, of any copy of this package. */
export function isEachCodec(value: object): value is EachCodec<object> {
  return "kind" in value && value.kind === "each-codec";
}
