/**
 * What a reader would not see, or would see in another order than it is: control characters, with which text could move the
 * cursor or forge a line, marks that turn the direction of writing, characters without width, and halves of surrogate pairs.
 */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/**
 * Text from outside as it may be shown to a person: every character that is hidden, or changes how others are shown, is written
 * as its code point, `\u{…}`. Everything else stays as it is.
 *
 * @example
 * ```ts
 * visibleText("\u001b[31mred"); // "\\u{1b}[31mred"
 * ```
 */
export function visibleText(text: string): string {
  return text.replace(HIDDEN, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/**
 * The same of text in lines, which stay lines.
 *
 * @example
 * ```ts
 * visibleLines("one\ntwo\u202e"); // "one\ntwo\\u{202e}"
 * ```
 */
export function visibleLines(text: string): string {
  return text.split("\n").map(visibleText).join("\n");
}

/**
 * JSON text with the same characters escaped as JSON escapes them: it means the same, and shows everything that is in it. Line
 * breaks between its parts stay.
 *
 * @example
 * ```ts
 * visibleJson(JSON.stringify({ name: "abc\u202e" })); // '{"name":"abc\\u202e"}'
 * ```
 */
export function visibleJson(json: string): string {
  return json.replace(HIDDEN, (character) => (character === "\n" ? character : escapedUnits(character)));
}

function escapedUnits(character: string): string {
  return [...character.split("")].map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
}
