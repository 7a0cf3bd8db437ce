/**
 * Freezes arrays and plain objects all the way down, and goes no further where something is frozen already: what a handler
 * took over from the state before costs nothing again.
 */
export function frozen<T>(value: T): T {
  if (!isOpen(value)) return value;
  const pending: object[] = [Object.freeze(value)];
  for (let container = pending.pop(); container !== undefined; container = pending.pop()) {
    for (const member of Object.values(container)) if (isOpen(member)) pending.push(Object.freeze(member));
  }
  return value;
}

function isOpen(value: unknown): value is object {
  return (
    typeof value === "object" && value !== null && !Object.isFrozen(value) && (Array.isArray(value) || isPlain(value))
  );
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
