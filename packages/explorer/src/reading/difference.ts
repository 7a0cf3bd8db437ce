import { cutText } from "./event-texts.ts";

/** A place at which two values differ. */
export interface Change {
  /** Names of members and indexes, from the outside in. */
  readonly path: readonly (string | number)[];
  readonly kind: "added" | "removed" | "changed";
  /** What was there, as JSON, cut behind 500 characters; `null` when it was added. */
  readonly before: string | null;
  /** What is there, as JSON, cut behind 500 characters; `null` when it was removed. */
  readonly after: string | null;
}

/** How two values differ. */
export interface Difference {
  /** In the order of the earlier value, at most 500. */
  readonly changes: readonly Change[];
  /** Whether these are all. */
  readonly isComplete: boolean;
}

const MOST_CHANGES = 500;
const LONGEST_VALUE = 500;

/** Compares two JSON values, member by member; arrays index by index. */
export function differenceOf(before: unknown, after: unknown): Difference {
  const changes: Change[] = [];
  for (const change of changesBetween(before, after, [])) {
    if (changes.length === MOST_CHANGES) return { changes, isComplete: false };
    changes.push(change);
  }
  return { changes, isComplete: true };
}

function* changesBetween(before: unknown, after: unknown, path: Change["path"]): Generator<Change, void, undefined> {
  if (before === after) return;
  const [left, right] = [membersOf(before), membersOf(after)];
  if (left === undefined || right === undefined || Array.isArray(before) !== Array.isArray(after)) {
    yield { path, kind: "changed", before: shown(before), after: shown(after) };
    return;
  }
  for (const [name, value] of left) {
    const at = [...path, name];
    if (right.has(name)) yield* changesBetween(value, right.get(name), at);
    else yield { path: at, kind: "removed", before: shown(value), after: null };
  }
  for (const [name, value] of right) {
    if (!left.has(name)) yield { path: [...path, name], kind: "added", before: null, after: shown(value) };
  }
}

/** What can be compared further: the members of an object or an array. A map, because names come from outside. */
function membersOf(value: unknown): ReadonlyMap<string | number, unknown> | undefined {
  if (Array.isArray(value)) return new Map(value.entries());
  return typeof value === "object" && value !== null ? new Map(Object.entries(value)) : undefined;
}

function shown(value: unknown): string {
  return cutText(JSON.stringify(value) ?? "null", LONGEST_VALUE);
}
