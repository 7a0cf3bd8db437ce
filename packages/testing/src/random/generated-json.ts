import type { JsonValue } from "@eventfold/types";
import type { Random } from "./random.ts";

const TEXTS = [
  "",
  "a",
  "\u00e9",
  "\u{1f600}",
  "\u2028",
  '"',
  "\\",
  "\u0001",
  "__proto__",
  "\ud7ff",
  "\ufffd",
  "1",
  " ",
];

/** A JSON value, at most the given number of levels deep. */
export function generatedJson(random: Random, depth: number): JsonValue {
  switch (random.integer(0, depth > 0 ? 7 : 5)) {
    case 0:
      return null;
    case 1:
      return random.chance(0.5);
    case 2:
      return random.integer(-1_000, 1_000);
    case 3:
      return generatedNumber(random);
    case 4:
    case 5:
      return generatedText(random);
    case 6:
      return Array.from({ length: random.integer(0, 4) }, () => generatedJson(random, depth - 1));
    default:
      return generatedObject(random, depth);
  }
}

/** Any finite double, by its bits. */
function generatedNumber(random: Random): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, random.integer(0, 2 ** 32 - 1));
  view.setUint32(4, random.integer(0, 2 ** 32 - 1));
  const value = view.getFloat64(0);
  return Number.isFinite(value) ? value : 0.1;
}

function generatedText(random: Random): string {
  return Array.from({ length: random.integer(0, 6) }, () => random.pick(TEXTS)).join("");
}

function generatedObject(random: Random, depth: number): JsonValue {
  const members = Array.from(
    { length: random.integer(0, 4) },
    () => [generatedText(random), generatedJson(random, depth - 1)] as const,
  );
  return Object.fromEntries(members);
}
