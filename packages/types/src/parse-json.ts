import type { JsonValue } from "./json.ts";

/**
 * What `JSON.parse` gives, with the names of members as they are written, on every engine.
 *
 * V8 from 13.6 on (Node 24 and later) may read a member's name that holds an escape as another name, if it has read an
 * object with the same first members before: after `{"a":1,"\\":2}`, it reads `{"a":1,"\"":2}` as if it were
 * `{"a":1,"\\":2}`. Read stored JSON with this, so that what was stored is what comes back.
 *
 * It costs as much as `JSON.parse`, and several times as much for a text with such a name.
 *
 * @throws SyntaxError for a text that is not JSON, as `JSON.parse` does.
 * @see {@link https://github.com/nodejs/node/issues/63785 | The engine's fault}
 *
 * @example
 * ```ts
 * parseJson('{"a":1,"\\"":2}'); // { a: 1, '"': 2 }
 * ```
 */
export function parseJson(text: string): JsonValue {
  const value: JsonValue = JSON.parse(text);
  return hasEscapedName(text) ? new JsonReader(text).value() : value;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NAME_SEPARATOR = /[ \t\n\r]*:/y;
const WHITE_SPACE_AND_SEPARATORS = /[ \t\n\r,:]*/y;
const SCALAR = /[-+.\w]+/y;

function hasEscapedName(text: string): boolean {
  let at = text.indexOf("\\");
  while (at !== -1) {
    const end = endOfString(text, at);
    NAME_SEPARATOR.lastIndex = end;
    if (NAME_SEPARATOR.test(text)) return true;
    at = text.indexOf("\\", end);
  }
  return false;
}

/** The place after the closing quote of the string that this place is in. */
function endOfString(text: string, inside: number): number {
  let at = inside;
  while (text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at + 1;
}

/** Reads a text that is known to be JSON, each string and number by itself: the engine reads those as they are written. */
class JsonReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(): JsonValue {
    switch (this.#next()) {
      case "{":
        return Object.fromEntries(this.#items("}", () => [String(this.value()), this.value()] as const));
      case "[":
        return this.#items("]", () => this.value());
      case '"':
        return JSON.parse(this.#taken(endOfString(this.#text, this.#at + 1)));
      default:
        SCALAR.lastIndex = this.#at;
        SCALAR.test(this.#text);
        return JSON.parse(this.#taken(SCALAR.lastIndex));
    }
  }

  #items<T>(closing: string, item: () => T): T[] {
    this.#at += 1;
    const items: T[] = [];
    while (this.#next() !== closing) items.push(item());
    this.#at += 1;
    return items;
  }

  /** The first character of the next token. */
  #next(): string | undefined {
    WHITE_SPACE_AND_SEPARATORS.lastIndex = this.#at;
    WHITE_SPACE_AND_SEPARATORS.test(this.#text);
    this.#at = WHITE_SPACE_AND_SEPARATORS.lastIndex;
    return this.#text[this.#at];
  }

  #taken(end: number): string {
    const token = this.#text.slice(this.#at, end);
    this.#at = end;
    return token;
  }
}
