import type { JsonValue } from "@eventfold/types";
import { type Codec, codec } from "../codec.ts";

/** A codec of values, whatever JSON it makes of them. */
// biome-ignore lint/suspicious/noExplicitAny: whatever JSON it makes.
type CodecOf<TValue> = Codec<TValue, any>;

/**
 * A `Set`, stored as an array of its items in their order. Without a codec its items are texts to the compiler; name another type of
 * JSON as type argument.
 *
 * @param items the codec of its items. Default: they are JSON.
 *
 * @example
 * ```ts
 * const codecs = { tags: setCodec(), numbers: setCodec<number>(), visitedAt: setCodec(dateCodec) };
 * ```
 */
export function setCodec<TItem = string>(items?: CodecOf<TItem>): Codec<Set<TItem>, readonly JsonValue[]> {
  const { encode, decode } = items ?? AS_IT_IS;
  return codec<Set<TItem>, readonly JsonValue[]>({
    encode(set) {
      if (!(set instanceof Set)) throw new TypeError("expected a Set");
      return Array.from(set, (item) => encode(item));
    },
    decode: (stored) => new Set(checkedArray(stored).map((item) => decode(item))),
    jsonSchema: { type: "array", ...(items?.jsonSchema && { items: items.jsonSchema }) },
  });
}

/** The codecs of what a map holds. */
export interface MapCodecs<TKey, TValue> {
  /** Default: keys are JSON. */
  readonly keys?: CodecOf<TKey> | undefined;
  /** Default: values are JSON. */
  readonly values?: CodecOf<TValue> | undefined;
}

/**
 * A `Map`, stored as an array of its pairs in their order, so that keys need not be texts. Without a codec keys are texts to the
 * compiler; name other types of JSON as type arguments.
 *
 * @example
 * ```ts
 * const codecs = { prices: mapCodec({ values: moneyCodec({ EUR: 2 }) }) };
 * ```
 */
export function mapCodec<TKey = string, TValue = JsonValue>({
  keys,
  values,
}: MapCodecs<TKey, TValue> = {}): Codec<Map<TKey, TValue>, readonly (readonly [JsonValue, JsonValue])[]> {
  const key = keys ?? AS_IT_IS;
  const value = values ?? AS_IT_IS;
  return codec<Map<TKey, TValue>, readonly (readonly [JsonValue, JsonValue])[]>({
    encode(map) {
      if (!(map instanceof Map)) throw new TypeError("expected a Map");
      return Array.from(map, ([k, v]) => [key.encode(k), value.encode(v)] as const);
    },
    decode: (stored) => new Map(checkedArray(stored).map((pair) => [key.decode(pair[0]), value.decode(pair[1])])),
    jsonSchema: {
      type: "array",
      items: { type: "array", prefixItems: [keys?.jsonSchema ?? {}, values?.jsonSchema ?? {}] },
    },
  });
}

function checkedArray<T>(stored: readonly T[]): readonly T[] {
  if (Array.isArray(stored)) return stored;
  throw new RangeError(`expected an array, got ${stored === null ? "null" : typeof stored}`);
}

/** What is JSON already. */
// biome-ignore lint/suspicious/noExplicitAny: it takes the place of a codec of any values.
const AS_IT_IS: CodecOf<any> = codec({ encode: (value) => value, decode: (value) => value });
