// It separates the bodies of functions in the migrations, so no name may hold it.
const BODY_TAG = "$eventfold$";

/**
 * A name that PostgreSQL accepts when quoted, quotes, semicolons and blanks included.
 *
 * @throws `RangeError` when it is empty, longer than the limit in bytes, or contains what cannot be quoted.
 */
export function checkedIdentifier(what: string, name: string, maxBytes: number): string {
  const bytes = Buffer.byteLength(name);
  if (bytes === 0) throw new RangeError(`The ${what} must not be empty.`);
  if (bytes > maxBytes)
    throw new RangeError(`The ${what} must have at most ${maxBytes} bytes, got ${bytes}: ${JSON.stringify(name)}.`);
  if (name.includes("\0") || !name.isWellFormed() || name.includes(BODY_TAG)) {
    throw new RangeError(`The ${what} contains a character that PostgreSQL cannot quote: ${JSON.stringify(name)}.`);
  }
  return name;
}
