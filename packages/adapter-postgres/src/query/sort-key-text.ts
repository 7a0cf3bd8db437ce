import type { SortKey } from "@eventfold/query";

/** How many characters of a string its sort key holds. Part of the schema: `sql/projections/0002-query/01-sort-key.sql`. */
export const KEY_CHARACTERS = 100;

/** A sort key as the server's function makes it, to be compared in code-point order. */
export interface SortKeyText {
  readonly text: string;
  /** Whether other strings may have the same key, because it holds only their beginning. */
  readonly isCut: boolean;
}

/** The keys of all numbers are below it, those of strings are not. */
export const FIRST_STRING = "1";

/** The keys of all strings are below it, those of booleans are not. */
export const FIRST_BOOLEAN = "2";

/** The key of every array and object, above all others. */
export const COMPOSITE = "3";

/** The sort key of a value that is not missing. */
export function sortKeyText(value: Exclude<SortKey, null>): SortKeyText {
  if (typeof value === "number") return whole(`0${numberDigits(value)}`);
  if (typeof value === "boolean") return whole(value ? "21" : "20");
  if (typeof value !== "string") return whole(COMPOSITE);
  const characters = [...value.slice(0, 2 * KEY_CHARACTERS)].slice(0, KEY_CHARACTERS);
  return { text: FIRST_STRING + characters.join(""), isCut: characters.length === KEY_CHARACTERS };
}

function whole(text: string): SortKeyText {
  return { text, isCut: false };
}

/** A double as hexadecimal digits in the order of doubles: below zero all bits are inverted, otherwise only the sign bit. */
function numberDigits(value: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value + 0); // 0 and -0 are one number.
  const bits = view.getBigUint64(0);
  const ordered = value < 0 ? ~bits : bits | (1n << 63n);
  return BigInt.asUintN(64, ordered).toString(16).padStart(16, "0");
}
