import { type Codec, codec } from "../codec.ts";

/** A `Date`, stored as its ISO 8601 text in UTC, to the millisecond. */
export const dateCodec: Codec<Date, string> = codec({
  encode: (date) => date.toISOString(),
  decode: (text) => {
    const date = new Date(text);
    if (Number.isNaN(date.getTime())) throw new RangeError(`${JSON.stringify(text)} is not a time`);
    return date;
  },
});
