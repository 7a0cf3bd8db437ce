/** What was deeply frozen here. What others froze may not be frozen below: `Object.freeze` goes one level deep. */
const frozenThroughout = new WeakSet<object>();

/**
 * Freezes arrays and plain objects deeply, and stops at what it has frozen before: what a handler took over from the
 * previous state costs nothing.
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
