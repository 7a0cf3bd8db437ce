const FIRST_SURROGATE = 0xd800;

/**
 * Compares two texts by code point: negative, 0 or positive. It is the order of UTF-8 bytes (`COLLATE "C"`, SQLite's
 * `BINARY`), which `<` is not: by UTF-16 unit, U+1F600 comes before U+FF5E.
 *
 * @example
 * ```ts
 * compareText("\uFF5E", "\u{1F600}"); // negative
 * ```
 */
export function compareText(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    if (a !== b) return rank(a) - rank(b);
  }
  return left.length - right.length;
}

/** Surrogates stand for what lies above U+FFFF, so they go above the units that follow them. */
function rank(unit: number): number {
  if (unit < FIRST_SURROGATE) return unit;
  return unit > 0xdfff ? unit - 0x800 : unit + 0x2000;
}
