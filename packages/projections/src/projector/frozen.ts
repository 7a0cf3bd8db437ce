/**
 * Freezes arrays and plain objects all the way down, and goes no further where something is frozen already: what a handler
 * took over from the state before costs nothing again.
 */
export function frozen<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  if (!Array.isArray(value) && !isPlain(value)) return value;
  Object.freeze(value);
  const pending: object[] = [value];
  for (let container = pending.pop(); container !== undefined; container = pending.pop()) {
    for (const member of Object.values(container)) {
      if (typeof member !== "object" || member === null || Object.isFrozen(member)) continue;
      if (!Array.isArray(member) && !isPlain(member)) continue;
      pending.push(Object.freeze(member));
    }
  }
  return value;
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
