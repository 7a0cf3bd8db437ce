const NUL = /\0|%00/;

/**
 * Checks that a connection string can be sent as it is: the protocol ends each text at a NUL, so that one in the name of a database or of a
 * role would lead to another, or add settings of its own.
 *
 * @throws `TypeError` when it is not a text.
 * @throws `RangeError` when it holds a NUL, as it is or as `%00`. The text is not repeated: it may hold a password.
 */
export function checkConnectionString(option: string, text: unknown): void {
  if (typeof text !== "string") throw new TypeError(`${option} must be a string, got ${typeof text}.`);
  if (NUL.test(text)) throw new RangeError(`${option} must not contain a NUL character.`);
}
