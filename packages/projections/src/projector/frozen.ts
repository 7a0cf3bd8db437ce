/** What was frozen here all the way down. What others froze may be open beneath: `Object.freeze` goes one level deep. */
const frozenThroughout = new WeakSet<object>();

/**
 * Freezes arrays and plain objects all the way down, and goes no further where it has been before: what a handler took over
 * from the state before costs nothing again.
 */
export function frozen<T>(value: T): T {
  if (!isContainer(value)) return value;
  // The value itself is not remembered: it is new with nearly every event, and to remember it costs more than to look again.
  const pending: object[] = [Object.freeze(value)];
  for (let container = pending.pop(); container !== undefined; container = pending.pop()) {
    for (const member of Object.values(container)) {
      if (!isContainer(member) || frozenThroughout.has(member)) continue;
      frozenThroughout.add(Object.freeze(member));
      pending.push(member);
    }
  }
  return value;
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null && (Array.isArray(value) || isPlain(value));
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
