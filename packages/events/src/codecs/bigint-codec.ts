import { type Codec, codec } from "../codec.ts";

const INTEGER = /^(?:0|-?[1-9][0-9]*)$/;

/** A `bigint`, stored as its decimal text: `"-9007199254740993"`. */
export const bigintCodec: Codec<bigint, string> = codec({
  encode(value) {
    if (typeof value !== "bigint") throw new TypeError(`expected a bigint, got ${typeof value}`);
    return value.toString();
  },
  decode(text) {
    if (typeof text !== "string" || !INTEGER.test(text)) throw new RangeError("expected the text of an integer");
    return BigInt(text);
  },
  jsonSchema: { type: "string", pattern: INTEGER.source },
});
