import { jsonFormOf } from "@eventfold/store/adapter";
import { parseJson } from "@eventfold/types";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bigintCodec, bytesCodec, type Codec, codec, dateCodec, mapCodec, moneyCodec, setCodec } from "../src/index.ts";

/** What a value is read as, once it was stored as JSON text. */
function throughJson<TValue, TJson>({ encode, decode }: Codec<TValue, TJson>, value: TValue): TValue {
  return decode(parseJson(jsonFormOf(encode(value), () => ["payload"]).text) as TJson);
}

const money = moneyCodec({ EUR: 2, JPY: 0, BHD: 3 });

const amounts = fc
  .tuple(fc.constantFrom("EUR" as const, "JPY" as const, "BHD" as const), fc.maxSafeInteger())
  .map(([currency, minorUnits]) => money.decode({ minorUnits, currency }));

const isOrdinary = (date: Date) => !Number.isNaN(date.getTime());

// biome-ignore lint/suspicious/noExplicitAny: a codec and an arbitrary of the same values each.
const codecs: readonly (readonly [string, Codec<any, any>, fc.Arbitrary<unknown>])[] = [
  ["dateCodec", dateCodec, fc.date().filter(isOrdinary)],
  ["bigintCodec", bigintCodec, fc.bigInt()],
  ["bytesCodec", bytesCodec, fc.uint8Array().map((bytes) => new Uint8Array(bytes))],
  ["moneyCodec", money, amounts],
  [
    "setCodec",
    setCodec<unknown>(),
    fc.array(fc.oneof(fc.string({ unit: "grapheme" }), fc.integer())).map((list) => new Set(list)),
  ],
  ["setCodec of dates", setCodec(dateCodec), fc.array(fc.date().filter(isOrdinary)).map((list) => new Set(list))],
  [
    "mapCodec",
    mapCodec<string, number>(),
    fc.array(fc.tuple(fc.string({ unit: "grapheme" }), fc.integer())).map((list) => new Map(list)),
  ],
  [
    "mapCodec of money by bigints",
    mapCodec({ keys: bigintCodec, values: money }),
    fc.array(fc.tuple(fc.bigInt(), amounts)).map((list) => new Map(list)),
  ],
];

describe.each(codecs)("%s", (_, tested, values) => {
  it("gives back every value that went through JSON", () => {
    fc.assert(
      fc.property(values, (value) => {
        fc.pre(isStorable(value));
        expect(throughJson(tested, value)).toStrictEqual(value);
      }),
    );
  });

  it("says in JSON Schema what it stores", () => {
    expect(tested.jsonSchema).toMatchObject({ type: expect.any(String) });
  });
});

/** What no payload can hold, whatever the codec. */
function isStorable(value: unknown): boolean {
  return !JSON.stringify(value instanceof Map || value instanceof Set ? [...value] : value, (_, each) =>
    typeof each === "bigint" ? String(each) : each,
  ).includes("\\u0000");
}

describe("what codecs refuse", () => {
  const encodes: readonly (readonly [string, () => unknown, string])[] = [
    ["an invalid date", () => dateCodec.encode(new Date(Number.NaN)), "Invalid time value"],
    ["a number as a bigint", () => bigintCodec.encode(5 as never), "expected a bigint, got number"],
    ["an array as bytes", () => bytesCodec.encode([1, 2] as never), "expected a Uint8Array"],
    ["an array as a Set", () => setCodec().encode([] as never), "expected a Set"],
    ["an object as a Map", () => mapCodec().encode({} as never), "expected a Map"],
    [
      "an unknown currency",
      () => money.encode({ amount: "1", currency: "USD" as never }),
      '"USD" is not one of its currencies',
    ],
    ["a currency of every object", () => money.encode({ amount: "1", currency: "toString" as never }), "is not one of"],
    [
      "more decimal places than the currency has",
      () => money.encode({ amount: "1.005", currency: "EUR" }),
      "1.005 has more than 2 decimal places",
    ],
    ["a fraction of yen", () => money.encode({ amount: "1.0", currency: "JPY" }), "more than 0 decimal places"],
    [
      "more than a safe integer of cents",
      () => money.encode({ amount: "90071992547409.92", currency: "EUR" }),
      "too large",
    ],
    ["an exponent", () => money.encode({ amount: "1e3", currency: "EUR" }), "is not a decimal number"],
    ["a separator", () => money.encode({ amount: "1,000.00", currency: "EUR" }), "is not a decimal number"],
    [
      "a number as an amount",
      () => money.encode({ amount: Number.NaN as never, currency: "EUR" }),
      "is not a decimal number",
    ],
  ];
  it.each(encodes)("%s", (_, encode, message) => {
    expect(encode).toThrow(message);
  });

  const decodes: readonly (readonly [string, () => unknown, string])[] = [
    ["a text that is not a time", () => dateCodec.decode("yesterday"), "is not a time"],
    ["a number as a time", () => dateCodec.decode(5 as never), "is not a time"],
    ["a year alone", () => dateCodec.decode("5"), "is not a time"],
    ["a text that is not an integer", () => bigintCodec.decode("0x10"), "expected the text of an integer"],
    ["an empty text as an integer", () => bigintCodec.decode(""), "expected the text of an integer"],
    ["what is not base64", () => bytesCodec.decode("no base64!"), "expected base64 text"],
    ["an object as a Set", () => setCodec().decode({} as never), "expected an array, got object"],
    ["null as a Map", () => mapCodec().decode(null as never), "expected an array, got null"],
    [
      "a fraction of a cent",
      () => money.decode({ minorUnits: 0.5, currency: "EUR" }),
      "0.5 is not a number of minor units",
    ],
    ["a currency that was removed", () => money.decode({ minorUnits: 5, currency: "USD" as never }), "is not one of"],
  ];
  it.each(decodes)("%s, when it is read", (_, decode, message) => {
    expect(decode).toThrow(message);
  });

  it("a codec without its functions, and decimal places that are none", () => {
    expect(() => codec({ encode: (x: string) => x } as never)).toThrow(
      "A codec needs the functions encode and decode.",
    );
    expect(() => moneyCodec({ EUR: 1.5 })).toThrow("must be an integer from 0 to 8, got 1.5");
    expect(() => moneyCodec({ EUR: 9 })).toThrow(RangeError);
  });
});

describe("moneyCodec", () => {
  it("stores whole minor units, and reads all the digits of the currency", () => {
    expect(money.encode({ amount: "12.5", currency: "EUR" })).toEqual({ minorUnits: 1250, currency: "EUR" });
    expect(money.encode({ amount: "-0.05", currency: "EUR" })).toEqual({ minorUnits: -5, currency: "EUR" });
    expect(money.encode({ amount: "-0", currency: "EUR" })).toEqual({ minorUnits: 0, currency: "EUR" });
    expect(money.decode({ minorUnits: -5, currency: "EUR" })).toEqual({ amount: "-0.05", currency: "EUR" });
    expect(money.decode({ minorUnits: 500, currency: "JPY" })).toEqual({ amount: "500", currency: "JPY" });
    expect(money.decode({ minorUnits: 1, currency: "BHD" })).toEqual({ amount: "0.001", currency: "BHD" });
  });
});

describe("bytesCodec", () => {
  it("stores a view of a part of a buffer, and gives bytes of their own", () => {
    const whole = new Uint8Array([1, 2, 3, 4, 5]);
    const encoded = bytesCodec.encode(whole.subarray(1, 3));
    expect(encoded).toBe("AgM=");
    expect(bytesCodec.decode(encoded).buffer.byteLength).toBe(2);
  });
});
