import { UnsupportedRegexError } from "../errors/unsupported-regex-error.ts";

/** Steps through a pattern by code point and knows where it is when there is something to refuse. */
export class PatternReader {
  readonly #pattern: string;
  readonly #path: string;
  #index = 0;

  constructor(pattern: string, path: string) {
    this.#pattern = pattern;
    this.#path = path;
  }

  /** The code point ahead, as text; empty at the end. */
  get ahead(): string {
    const codePoint = this.#pattern.codePointAt(this.#index);
    return codePoint === undefined ? "" : String.fromCodePoint(codePoint);
  }

  /** Whether the rest begins with this text. */
  sees(text: string): boolean {
    return this.#pattern.startsWith(text, this.#index);
  }

  /** Takes the code point ahead. */
  take(): string {
    const taken = this.ahead;
    this.#index += taken.length;
    return taken;
  }

  /** Takes this text when it is ahead. */
  takeIf(text: string): boolean {
    const isAhead = text !== "" && this.sees(text);
    if (isAhead) this.#index += text.length;
    return isAhead;
  }

  /** Takes what a sticky expression matches ahead. */
  takeMatch(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = this.#index;
    const match = expression.exec(this.#pattern);
    if (match !== null) this.#index += match[0].length;
    return match;
  }

  /** Refuses the pattern at the place the reader is at. */
  refuse(reason: string): never {
    throw new UnsupportedRegexError({ pattern: this.#pattern, index: this.#index, reason, path: this.#path });
  }
}
