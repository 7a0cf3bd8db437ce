import { type Codec, codec } from "../codec.ts";

/** What `new Uint8Array(…)` makes: newer compilers tell it from one over shared memory. */
export type Bytes = InstanceType<typeof Uint8Array>;

/** Bytes, stored as base64 text; read as a `Uint8Array` of their own. */
export const bytesCodec: Codec<Bytes, string> = codec<Bytes, string>({
  encode(bytes) {
    if (!(bytes instanceof Uint8Array)) throw new TypeError("expected a Uint8Array");
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
  },
  decode(text) {
    const bytes = Buffer.from(text, "base64"); // which passes over what is not base64
    if (bytes.toString("base64") !== text) throw new RangeError("expected base64 text");
    return new Uint8Array(bytes);
  },
  jsonSchema: { type: "string", contentEncoding: "base64" },
});
