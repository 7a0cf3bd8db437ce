/** A JSON Schema, as data. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * Converts a value between the application and JSON: what `encode` makes must be JSON, and `decode` must make the value
 * from it again. Both are pure and synchronous.
 */
export interface Codec<TValue, TJson> {
  readonly kind: "codec";
  /** What is stored of a value. */
  readonly encode: (value: TValue) => TJson;
  /** The value of what is stored. */
  readonly decode: (json: TJson) => TValue;
  /** Describes what is stored, for documentation. Absent: it may be anything. */
  readonly jsonSchema?: JsonSchema | undefined;
}

// biome-ignore lint/suspicious/noExplicitAny: a codec of any value must fit; what it takes and what it gives vary in opposite directions.
export type AnyCodec = Codec<any, any>;

/** The value that a codec gives. */
export type CodecValue<TCodec> = TCodec extends Codec<infer TValue, infer _TJson> ? TValue : never;

/**
 * Makes a codec of your own. When `encode` throws, the event is refused; when `decode` throws, it cannot be read.
 *
 * @throws `TypeError` when one of the two is not a function.
 *
 * @example
 * ```ts
 * const urlCodec = codec({ encode: (url: URL) => url.href, decode: (text: string) => new URL(text) });
 * ```
 */
export function codec<TValue, TJson>({
  encode,
  decode,
  jsonSchema,
}: {
  readonly encode: (value: TValue) => TJson;
  readonly decode: (json: TJson) => TValue;
  readonly jsonSchema?: JsonSchema | undefined;
}): Codec<TValue, TJson> {
  if (typeof encode !== "function" || typeof decode !== "function") {
    throw new TypeError("A codec needs the functions encode and decode.");
  }
  return Object.freeze({ kind: "codec", encode, decode, jsonSchema });
}

/** Whether a value is a codec, from any copy of this package. */
export function isCodec(value: unknown): value is AnyCodec {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "codec";
}
