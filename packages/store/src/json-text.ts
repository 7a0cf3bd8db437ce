import { InvalidEventError } from "@eventfold/types";

/** The most levels that a payload or metadata may nest; a value that is no array or object has none. */
const JSON_DEPTH_LIMIT = 500;

type PathSegment = string | number;

/**
 * Writes a value as JSON text, as `JSON.stringify` does, and refuses whatever that would silently change.
 *
 * It checks and writes in one pass, so that each getter and `toJSON` is called once and what was checked is what is
 * written; a pass of its own before `JSON.stringify` was no faster.
 *
 * @param path where the value stands, for the error.
 * @throws {@link InvalidEventError} (`INVALID_EVENT`) naming the path of the first fault.
 */
export function jsonTextOf(value: unknown, path: readonly PathSegment[]): string {
  const writer = new JsonWriter(path);
  try {
    const text = writer.write(value, "");
    if (text === undefined) throw writer.fault("undefined is no JSON value");
    return text;
  } catch (error) {
    throw error instanceof InvalidEventError ? error : writer.fault("it could not be read", error);
  }
}

class JsonWriter {
  readonly #path: PathSegment[];
  readonly #ancestors: object[] = [];

  constructor(path: readonly PathSegment[]) {
    this.#path = [...path];
  }

  fault(reason: string, cause?: unknown): InvalidEventError {
    return new InvalidEventError({ path: printPath(this.#path), reason, cause });
  }

  /** `undefined` stands for a member to drop. */
  write(value: unknown, key: PathSegment): string | undefined {
    switch (typeof value) {
      case "string":
        return this.#string(value);
      case "number":
        if (!Number.isFinite(value)) throw this.fault(`${value} is no JSON number`);
        return String(value === 0 ? 0 : value); // -0 is written as 0, as JSON.stringify does
      case "boolean":
        return value ? "true" : "false";
      case "object":
        return value === null ? "null" : this.#object(value, key);
      case "undefined":
        return undefined;
      default:
        throw this.fault(`a ${typeof value} is no JSON value`);
    }
  }

  #string(value: string): string {
    if (!NEEDS_CARE.test(value)) return `"${value}"`;
    if (!value.isWellFormed()) throw this.fault("a string contains a lone surrogate");
    if (value.includes("\u0000")) throw this.fault("a string contains \\u0000");
    return JSON.stringify(value);
  }

  #object(value: object, key: PathSegment): string | undefined {
    const { toJSON: toJson } = value as { readonly toJSON?: unknown };
    if (typeof toJson !== "function") return this.#container(value);
    const replacement: unknown = toJson.call(value, String(key));
    if (replacement === null && isInvalidDate(value)) throw this.fault("an invalid Date");
    return typeof replacement === "object" && replacement !== null
      ? this.#container(replacement)
      : this.write(replacement, key);
  }

  #container(value: object): string {
    if (this.#ancestors.includes(value)) throw this.fault("a cycle");
    if (this.#ancestors.length === JSON_DEPTH_LIMIT) throw this.fault(`more than ${JSON_DEPTH_LIMIT} levels`);
    this.#ancestors.push(value);
    const text = Array.isArray(value) ? this.#array(value) : this.#members(value);
    this.#ancestors.pop();
    return text;
  }

  #array(value: readonly unknown[]): string {
    let text = "[";
    for (let index = 0; index < value.length; index++) {
      this.#path.push(index);
      const item = this.write(value[index], index);
      if (item === undefined) throw this.fault("an array element is missing or undefined, which JSON turns into null");
      this.#path.pop();
      text += index === 0 ? item : `,${item}`;
    }
    return `${text}]`;
  }

  #members(value: object): string {
    this.#refuseSpecialObject(value);
    let text = "";
    for (const key of Object.keys(value)) {
      this.#path.push(key);
      const member = this.write((value as Record<string, unknown>)[key], key);
      if (member !== undefined) text += `${text === "" ? "" : ","}${this.#string(key)}:${member}`;
      this.#path.pop();
    }
    return `{${text}}`;
  }

  /** Maps, sets, regular expressions, boxed values and the like: JSON would make an empty or another object of them. */
  #refuseSpecialObject(value: object): void {
    const symbols = Object.getOwnPropertySymbols(value);
    if (symbols.length > 0 && symbols.some((symbol) => Object.prototype.propertyIsEnumerable.call(value, symbol))) {
      throw this.fault("an object has a member whose key is a symbol");
    }
    if (Object.getPrototypeOf(value) === Object.prototype) return;
    const tag = Object.prototype.toString.call(value).slice(8, -1);
    if (tag !== "Object" || isRawJson(value)) throw this.fault(`a ${tag} is no JSON value`);
  }
}

/** What cannot stand between quotes as it is, and what may be a lone surrogate. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const NEEDS_CARE = /["\\\u0000-\u001f\ud800-\udfff]/;

const isRawJson: (value: object) => boolean =
  (JSON as { isRawJSON?: (value: object) => boolean }).isRawJSON ?? (() => false);

function isInvalidDate(value: object): boolean {
  try {
    return Number.isNaN(Date.prototype.getTime.call(value));
  } catch {
    return false; // not a Date
  }
}

const PLAIN_KEY = /^[A-Za-z_$][\w$]{0,63}$/;

/** A path as one would write it in code: `events[2].payload["odd key"]`. */
export function printPath(path: readonly PathSegment[]): string {
  return path.map((segment, index) => printSegment(segment, index === 0)).join("");
}

function printSegment(segment: PathSegment, isFirst: boolean): string {
  if (typeof segment === "number") return `[${segment}]`;
  if (PLAIN_KEY.test(segment)) return isFirst ? segment : `.${segment}`;
  return `[${JSON.stringify(segment.length > 64 ? `${segment.slice(0, 64)}…` : segment)}]`;
}
