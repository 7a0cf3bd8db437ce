import { EventfoldError } from "@eventfold/types";

/** What an {@link UnsupportedRegexError} is made from. */
export interface UnsupportedRegexErrorOptions {
  /** The regular expression as it was given. */
  readonly pattern: string;
  /** Where in the pattern the fault lies, in UTF-16 units from 0. */
  readonly index: number;
  /** What is wrong there. */
  readonly reason: string;
  /** Where in the query the pattern is; empty if it was given on its own. */
  readonly path?: string | undefined;
}

/**
 * A regular expression outside the subset that means the same on every database. It is thrown when the clause is
 * built or parsed, on every adapter alike.
 *
 * @example
 * ```ts
 * filter("state.name", "regex_matches", "(a)\\1"); // throws: back-references are not supported
 * ```
 */
export class UnsupportedRegexError extends EventfoldError {
  declare readonly code: "UNSUPPORTED_REGEX";
  /** The regular expression as it was given. */
  readonly pattern: string;
  /** Where in the pattern the fault lies, in UTF-16 units from 0. */
  readonly index: number;
  /** What is wrong there. */
  readonly reason: string;
  /** Where in the query the pattern is: `filters[0].value`; empty if it was given on its own. */
  readonly path: string;

  constructor({ pattern, index, reason, path = "" }: UnsupportedRegexErrorOptions) {
    const where = path === "" ? "" : ` at ${path}`;
    super(`Unsupported regular expression${where}, at index ${index} of ${quoted(pattern)}: ${reason}.`, {
      code: "UNSUPPORTED_REGEX",
    });
    this.pattern = pattern;
    this.index = index;
    this.reason = reason;
    this.path = path;
  }
}

function quoted(pattern: string): string {
  return JSON.stringify(pattern.length > 100 ? `${pattern.slice(0, 100)}…` : pattern);
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    UNSUPPORTED_REGEX: UnsupportedRegexError;
  }
}
