const NUL = /\0|%00/;

/**
 * Checks that a connection string can be sent as it is: the protocol ends each text at a NUL, so one in the name of a
 * database or role would lead to another, or add settings.
 *
 * @throws `TypeError` when it is not a text.
 * @throws `RangeError` when it contains a NUL, literally or as `%00`. The message does not repeat the text, which may
 * hold a password.
 */
export function checkConnectionString(option: string, text: unknown): void {
  if (typeof text !== "string") throw new TypeError(`${option} must be a string, got ${typeof text}.`);
  if (NUL.test(text)) throw new RangeError(`${option} must not contain a NUL character.`);
}
