import { inspect } from "node:util";

/** Beyond it a value is cut. */
const LONGEST = 500;

/** A value in one line of a failure's message, cut where it is long. */
export function shown(value: unknown): string {
  return inLine(value).slice(0, LONGEST);
}

/** Whether {@link shown} shows all of a value. */
export function isShownWhole(value: unknown): boolean {
  return inLine(value).length <= LONGEST;
}

function inLine(value: unknown): string {
  return inspect(value, { depth: 6, breakLength: Number.POSITIVE_INFINITY });
}
