/** The names of the members of a type; of a union, those of all in it. */
type MemberOf<T> = T extends unknown ? keyof T : never;

/**
 * The names of the members of a type, as {@link withKnownMembers} takes them. The compiler sees to it that none is missing.
 *
 * @param members each of them, as `true`.
 */
export function memberNames<T>(members: { readonly [TName in MemberOf<T>]: true }): ReadonlySet<string> {
  return new Set(Object.keys(members));
}

/**
 * Refuses a member that nothing reads: a guard whose name is misspelt would guard nothing.
 *
 * @param what what was given, as an error calls it.
 * @throws `TypeError` when it is no object, or has another member than those that are known.
 */
export function withKnownMembers<T extends object>(what: string, given: T, known: ReadonlySet<string>): T {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new TypeError(`${what} must be an object, got ${kindOf(given)}.`);
  }
  for (const name of Object.keys(given)) {
    if (known.has(name)) continue;
    throw new TypeError(`${what} may have ${[...known].join(", ")}, but no member ${JSON.stringify(name)}.`);
  }
  return given;
}

function kindOf(given: unknown): string {
  if (Array.isArray(given)) return "an array";
  return given === null ? "null" : typeof given;
}
