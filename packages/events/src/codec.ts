/**
 * Converts a value between the application and JSON: what `encode` makes must be JSON, and `decode` must make the value
 * from it again. Both are pure and synchronous.
 *
 * @example
 * ```ts
 * const urlCodec: Codec<URL, string> = codec({ encode: (url) => url.href, decode: (text) => new URL(text) });
 * ```
 */
export interface Codec<TValue, TJson> {
  readonly kind: "codec";
  /** What is stored of a value. */
  readonly encode: (value: TValue) => TJson;
  /** The value of what is stored. */
  readonly decode: (json: TJson) => TValue;
}

// biome-ignore lint/suspicious/noExplicitAny: a codec of any value must fit; what it takes and what it gives vary in opposite directions.
export type AnyCodec = Codec<any, any>;

/** The value that a codec gives. */
export type CodecValue<TCodec> = TCodec extends Codec<infer TValue, infer _TJson> ? TValue : never;

/**
 * Makes a codec of your own.
 *
 * @throws `TypeError` when one of the two is not a function.
 */
export function codec<TValue, TJson>({
  encode,
  decode,
}: {
  readonly encode: (value: TValue) => TJson;
  readonly decode: (json: TJson) => TValue;
}): Codec<TValue, TJson> {
  if (typeof encode !== "function" || typeof decode !== "function") {
    throw new TypeError("A codec needs the functions encode and decode.");
  }
  return Object.freeze({ kind: "codec", encode, decode });
}

/** Whether a value is a codec, from any copy of this package. */
export function isCodec(value: unknown): value is AnyCodec {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "codec";
}
