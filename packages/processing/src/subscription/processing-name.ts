const LIMIT = 512;
const CONTROL_CHARACTER = /\p{Cc}/u;

/**
 * Checks the name of a subscription or a node.
 *
 * @throws `TypeError` when it is no string; `RangeError` when it is empty, longer than 512 code points, has control characters
 * or is no well-formed Unicode.
 */
export function checkedProcessingName(what: string, name: unknown): string {
  if (typeof name !== "string") throw new TypeError(`The name of a ${what} is a string, got ${typeof name}.`);
  const fault = faultOf(name);
  if (fault === undefined) return name;
  throw new RangeError(`The name ${JSON.stringify(name.slice(0, 100))} of a ${what} is refused: it ${fault}.`);
}

function faultOf(name: string): string | undefined {
  if (name === "") return "is empty";
  if (name.length > LIMIT * 2 || [...name].length > LIMIT) return `is longer than ${LIMIT} code points`;
  if (CONTROL_CHARACTER.test(name)) return "contains a control character";
  return name.isWellFormed() ? undefined : "contains a lone surrogate";
}
