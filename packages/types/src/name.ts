import { InvalidNameError } from "./errors/invalid-name-error.ts";
import { isUnawaited } from "./unawaited.ts";

/** What a name names, which decides how long it may be. */
export type NameKind = "category" | "stream" | "event" | "tag";

/** The most code points that a name of each kind may have. */
export const NAME_LIMITS: Readonly<Record<NameKind, number>> = { category: 128, stream: 512, event: 255, tag: 255 };

const CONTROL_CHARACTER = /\p{Cc}/u;

/** What nearly all names are made of: it takes a third of the time to see that nothing is wrong with them. */
const PLAIN = /^[ -~]+$/;

/**
 * Checks a name: a non-empty, well-formed string without control characters, within the limit of its kind. A category
 * that begins with `$` is the library's own and refused.
 *
 * @param called what the error calls it, where the rules of a kind hold for something else. Default: the kind.
 * @returns the name, unchanged: names are compared exactly, without case folding or Unicode normalisation.
 * @throws {@link InvalidNameError} (`INVALID_NAME`) when it is anything else.
 *
 * @example
 * ```ts
 * checkedName("stream", "acc-1"); // "acc-1"
 * checkedName("category", "$own"); // throws InvalidNameError
 * ```
 */
export function checkedName(kind: NameKind, name: unknown, called: string = kind): string {
  const fault = nameFault(kind, name);
  if (fault !== undefined) throw new InvalidNameError({ kind: called, name, reason: fault });
  return name as string;
}

/** What is wrong with a name, for an error of one's own; `undefined` when nothing is. See {@link checkedName}. */
export function nameFault(kind: NameKind, name: unknown): string | undefined {
  const fault = storedNameFault(kind, name);
  if (fault !== undefined) return fault;
  if (kind === "category" && (name as string).startsWith("$"))
    return "categories that begin with $ belong to the library";
  return undefined;
}

/** What is wrong with a name that a log has, or is to have: as {@link nameFault}, but for categories of the library's own. */
export function storedNameFault(kind: NameKind, name: unknown): string | undefined {
  if (typeof name !== "string") return `expected a string, got ${kindOf(name)}`;
  if (name.length <= NAME_LIMITS[kind] && PLAIN.test(name)) return undefined;
  if (name === "") return "it is empty";
  if (isLongerThan(name, NAME_LIMITS[kind])) return `it is longer than ${NAME_LIMITS[kind]} code points`;
  if (CONTROL_CHARACTER.test(name)) return "it contains a control character";
  if (!name.isWellFormed()) return "it contains a lone surrogate";
  return undefined;
}

/** It may come from a function of the caller's that had to be synchronous. */
function kindOf(value: unknown): string {
  if (isUnawaited(value)) return "a promise";
  return value === null ? "null" : typeof value;
}

/** Counts code points only if the UTF-16 length leaves it open, so that a huge string costs nothing. */
function isLongerThan(name: string, limit: number): boolean {
  if (name.length <= limit) return false;
  return name.length > limit * 2 || [...name].length > limit;
}
