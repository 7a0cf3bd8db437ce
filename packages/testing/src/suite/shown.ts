import { inspect } from "node:util";

/** Longer values are cut. */
const LONGEST = 500;

/** A value in one line of a failure's message, cut if it is long. */
export function shown(value: unknown): string {
  return inLine(value).slice(0, LONGEST);
}

/** Whether {@link shown} shows a value completely. */
export function isShownWhole(value: unknown): boolean {
  return inLine(value).length <= LONGEST;
}

function inLine(value: unknown): string {
  return inspect(value, { depth: 6, breakLength: Number.POSITIVE_INFINITY });
}
