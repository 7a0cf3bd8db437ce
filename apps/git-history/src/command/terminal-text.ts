/**
 * Text from outside as it may be written to a terminal: control characters, with which a name could move the cursor or
 * forge a line, and the marks that turn the direction of writing, are shown as `\u{…}`.
 *
 * @example
 * ```ts
 * terminalText("\u001b[31mred"); // "\\u{1b}[31mred"
 * ```
 */
export function terminalText(text: string): string {
  return text.replace(
    /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}

/** The same of text in lines, which stay lines. */
export function terminalLines(text: string): string {
  return text.split("\n").map(terminalText).join("\n");
}
