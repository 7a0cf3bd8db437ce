import { visibleJson } from "@eventfold/operations";
import { numberText } from "./number-text.ts";

/** What is shorter stays in one line. */
const ONE_LINE = 80;

/**
 * JSON text for people, in lines: indented where it is long and whole and reading it changes nothing, as it is otherwise.
 *
 * @param wholeLength its length in bytes, which tells whether it was cut.
 */
export function jsonLines(json: string, wholeLength = Buffer.byteLength(json)): readonly string[] {
  if (Buffer.byteLength(json) < wholeLength) {
    return [`${visibleJson(json)}…`, `(the beginning of ${numberText(wholeLength)} bytes; --full shows all)`];
  }
  return visibleJson(json.length <= ONE_LINE ? json : indented(json)).split("\n");
}

function indented(json: string): string {
  try {
    const value: unknown = JSON.parse(json);
    return JSON.stringify(value) === json ? JSON.stringify(value, null, 2) : json;
  } catch {
    return json; // damaged: shown as it is
  }
}
