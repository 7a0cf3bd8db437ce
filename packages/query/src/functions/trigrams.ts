const WORD = /[a-z0-9]+/g;
const CAPITAL = /[A-Z]/g;

/**
 * The trigrams of a text, as PostgreSQL's `pg_trgm` makes them of ASCII: capitals become small letters, words are runs
 * of `[a-z0-9]`, each has two blanks before and one after it, and the trigrams of all words form one set.
 *
 * Anything but an ASCII letter or digit separates words, so no database locale can change the answer.
 *
 * @example
 * ```ts
 * trigramsOf("Go!"); // Set { "  g", " go", "go " }
 * ```
 */
export function trigramsOf(text: string): ReadonlySet<string> {
  const trigrams = new Set<string>();
  for (const [word] of withSmallLetters(text).matchAll(WORD)) {
    const padded = `  ${word} `;
    for (let start = 0; start + 3 <= padded.length; start++) trigrams.add(padded.slice(start, start + 3));
  }
  return trigrams;
}

/** Not `toLowerCase`, which turns the Kelvin sign into a k and İ into an i. */
function withSmallLetters(text: string): string {
  return text.replace(CAPITAL, (capital) => String.fromCharCode(capital.charCodeAt(0) + 32));
}
