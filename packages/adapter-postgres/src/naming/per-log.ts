import type { LogNames } from "./log-names.ts";

/** Makes something from the names of each log only once, because each new text would be hashed again wherever it is looked up. */
export function perLog<T>(make: (names: LogNames) => T): (names: LogNames) => T {
  const made = new WeakMap<LogNames, T>();
  return (names) => {
    let own = made.get(names);
    if (own === undefined) {
      own = make(names);
      made.set(names, own);
    }
    return own;
  };
}
