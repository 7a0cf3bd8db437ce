import type { Scalar } from "../functions/query-function.ts";
import { compareText } from "./compare-text.ts";

/** Compares two values of one type: numbers as doubles, texts by code point, `false` before `true`. */
export function compareScalars(left: Scalar, right: Scalar): number {
  if (typeof left === "string" && typeof right === "string") return compareText(left, right);
  return Number(left > right) - Number(left < right);
}
