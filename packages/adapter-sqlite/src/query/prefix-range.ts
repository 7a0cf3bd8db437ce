const LAST_CODE_POINT = 0x10_ffff;
const FIRST_SURROGATE = 0xd800;
const AFTER_SURROGATES = 0xe000;

/**
 * The first text, by code point, that comes after all texts with a prefix; `undefined` when no text does.
 *
 * @example
 * ```ts
 * textAfterPrefix("ab"); // "ac"
 * ```
 */
export function textAfterPrefix(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  const last = points.findLastIndex((point) => point < LAST_CODE_POINT);
  if (last < 0) return undefined;
  const next = (points[last] ?? 0) + 1;
  return String.fromCodePoint(...points.slice(0, last), next === FIRST_SURROGATE ? AFTER_SURROGATES : next);
}
