import { type Codec, codec } from "../codec.ts";

/** An amount of money as a decimal text, which is exact: `{ amount: "12.50", currency: "EUR" }`. */
export interface Money<TCurrency extends string = string> {
  /** A decimal number, such as `"-0.05"`: no exponent, no separators. */
  readonly amount: string;
  readonly currency: TCurrency;
}

/** What is stored of {@link Money}: a whole number of the smallest unit, such as cents. */
export interface StoredMoney<TCurrency extends string = string> {
  readonly minorUnits: number;
  readonly currency: TCurrency;
}

const DECIMAL = /^(-?)(\d{1,16})(?:\.(\d{1,16}))?$/;
const MOST_DIGITS = 8;

/**
 * Money, stored as a whole number of minor units and its currency, and read with all the digits of the currency: `"5"` of
 * euros is read as `"5.00"`.
 *
 * @param fractionDigits the currencies that may occur, each with the number of its decimal places, from 0 to 8. Never change
 * a number while events are stored with it.
 * @throws `RangeError` for another number. The codec refuses other currencies, more decimal places, and more than
 * 9,007,199,254,740,991 minor units.
 *
 * @example
 * ```ts
 * const priceCodec = moneyCodec({ EUR: 2, JPY: 0 });
 * priceCodec.encode({ amount: "12.5", currency: "EUR" }); // { minorUnits: 1250, currency: "EUR" }
 * ```
 */
export function moneyCodec<const TCurrency extends string>(
  fractionDigits: Readonly<Record<TCurrency, number>>,
): Codec<Money<TCurrency>, StoredMoney<TCurrency>> {
  const digitsByCurrency = new Map<string, number>(Object.entries(fractionDigits));
  for (const [currency, digits] of digitsByCurrency) {
    if (Number.isInteger(digits) && digits >= 0 && digits <= MOST_DIGITS) continue;
    throw new RangeError(
      `The decimal places of ${currency} must be an integer from 0 to ${MOST_DIGITS}, got ${String(digits)}.`,
    );
  }
  const digitsOf = (currency: string): number => {
    const digits = digitsByCurrency.get(currency);
    if (digits === undefined) throw new RangeError(`${JSON.stringify(currency)} is not one of its currencies`);
    return digits;
  };
  return codec({
    encode: ({ amount, currency }) => ({ minorUnits: minorUnitsOf(amount, digitsOf(currency)), currency }),
    decode: ({ minorUnits, currency }) => ({ amount: amountOf(minorUnits, digitsOf(currency)), currency }),
    jsonSchema: {
      type: "object",
      properties: { minorUnits: { type: "integer" }, currency: { enum: [...digitsByCurrency.keys()] } },
      required: ["minorUnits", "currency"],
      additionalProperties: false,
    },
  });
}

function minorUnitsOf(amount: string, digits: number): number {
  const [, sign, whole, fraction = ""] = DECIMAL.exec(amount) ?? [];
  if (whole === undefined) throw new RangeError(`${JSON.stringify(amount)} is not a decimal number`);
  if (fraction.length > digits) throw new RangeError(`${amount} has more than ${digits} decimal places`);
  const minorUnits = Number(`${sign}${whole}${fraction.padEnd(digits, "0")}`);
  if (Number.isSafeInteger(minorUnits)) return minorUnits === 0 ? 0 : minorUnits;
  throw new RangeError(`${amount} is too large`);
}

function amountOf(minorUnits: number, digits: number): string {
  if (!Number.isSafeInteger(minorUnits)) throw new RangeError(`${String(minorUnits)} is not a number of minor units`);
  const text = Math.abs(minorUnits)
    .toString()
    .padStart(digits + 1, "0");
  const sign = minorUnits < 0 ? "-" : "";
  if (digits === 0) return `${sign}${text}`;
  return `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
