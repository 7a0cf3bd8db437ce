import { type Codec, codec } from "../codec.ts";

const TIME = /^(?:\d{4}|[+-]\d{6})-\d{2}-\d{2}T\d{2}:\d{2}/;

/** A `Date`, stored as its ISO 8601 text in UTC, to the millisecond. */
export const dateCodec: Codec<Date, string> = codec({
  encode: (date) => date.toISOString(),
  decode(text) {
    const date = new Date(text);
    if (TIME.test(text) && !Number.isNaN(date.getTime())) return date;
    throw new RangeError(`${JSON.stringify(text)} is not a time in ISO 8601`);
  },
  jsonSchema: { type: "string", format: "date-time" },
});
