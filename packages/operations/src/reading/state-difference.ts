/** One place at which two states differ. */
export interface StateDifference {
  /** Names of members and indexes of arrays, from the outside in; empty: the states as a whole. */
  readonly path: readonly (string | number)[];
  /** Absent where there was nothing. */
  readonly before?: unknown;
  /** Absent where there is nothing. */
  readonly after?: unknown;
}

/**
 * Where two states differ, in the order of their members: the innermost places, so that a change of one member is one
 * difference. Arrays are compared index by index. Objects other than plain ones and arrays, such as dates, are compared by what
 * JSON makes of them.
 *
 * @example
 * ```ts
 * differencesOf({ balance: 5, tags: ["a"] }, { balance: 7, tags: ["a", "b"] });
 * // [{ path: ["balance"], before: 5, after: 7 }, { path: ["tags", 1], after: "b" }]
 * ```
 */
export function differencesOf(before: unknown, after: unknown): readonly StateDifference[] {
  const found: StateDifference[] = [];
  const left: (readonly [path: readonly (string | number)[], before: unknown, after: unknown])[] = [
    [[], before, after],
  ];
  // A state may nest deeper than functions can call themselves.
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const [path, was, is] = next;
    if (Object.is(was, is)) continue;
    const names = memberNames(was, is);
    if (names === undefined) {
      if (JSON.stringify(was) !== JSON.stringify(is)) found.push(difference(path, was, is));
      continue;
    }
    for (const name of names.reverse()) left.push([[...path, name], memberOf(was, name), memberOf(is, name)]);
  }
  return found;
}

function difference(path: readonly (string | number)[], before: unknown, after: unknown): StateDifference {
  return { path, ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
}

/** The members of two arrays, or of two plain objects; `undefined` where they are no such pair. */
function memberNames(before: unknown, after: unknown): (string | number)[] | undefined {
  if (Array.isArray(before) && Array.isArray(after)) {
    return Array.from({ length: Math.max(before.length, after.length) }, (_, index) => index);
  }
  if (!isPlain(before) || !isPlain(after)) return undefined;
  return [...new Set([...Object.keys(before), ...Object.keys(after)])];
}

function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function memberOf(value: unknown, name: string | number): unknown {
  return Object.hasOwn(value as object, name) ? (value as Record<string | number, unknown>)[name] : undefined;
}
