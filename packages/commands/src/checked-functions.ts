/** What a definition is of, as messages call it. */
export type DefinedKind = "decider" | "process manager";

/** The functions of a member of a definition, by name. @throws `TypeError` when it holds anything else. */
export function checkedFunctions<TFunction>(
  kind: DefinedKind,
  member: string,
  holder: unknown,
): readonly (readonly [name: string, value: TFunction])[] {
  if (typeof holder !== "object" || holder === null)
    throw memberFault(kind, member, ["an object of functions", holder]);
  return Object.entries(holder).map(([name, value]) => [
    name,
    checkedFunction<TFunction>(kind, `${member}[${JSON.stringify(name)}]`, value),
  ]);
}

/** A member of a definition. @throws `TypeError` when it is no function. */
export function checkedFunction<TFunction>(kind: DefinedKind, member: string, value: unknown): TFunction {
  if (typeof value === "function") return value as TFunction;
  throw memberFault(kind, member, ["a function", value]);
}

/** The error for a member of a definition that is not what it has to be. */
export function memberFault(
  kind: DefinedKind,
  member: string,
  [expected, got]: readonly [expected: string, got: unknown],
): TypeError {
  return new TypeError(`"${member}" of a ${kind} must be ${expected}, got ${got === null ? "null" : typeof got}.`);
}
