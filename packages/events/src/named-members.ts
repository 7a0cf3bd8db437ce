import { checkedName } from "@eventfold/types";

/**
 * The own members of what was given by names of events. `{ "__proto__": … }` would set the prototype instead, and the event
 * would be lost.
 *
 * @param what what was given, for the error.
 * @throws `TypeError` for what is not a plain object; `InvalidNameError` for a name that no event may have.
 */
export function namedMembers(members: object, what: string): readonly (readonly [string, unknown])[] {
  if (typeof members !== "object" || members === null) throw new TypeError(`${what} must be an object.`);
  const prototype: unknown = Object.getPrototypeOf(members);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw new TypeError(`${what} must be a plain object, with names as members.`);
  }
  return Object.entries(members).map(([name, member]) => [checkedName("event", name), member]);
}
