import type { JsonValue } from "@eventfold/types";
import type { Random } from "../../random/random.ts";

/** Names of members that databases and dotted paths easily misread. */
export const MEMBER_NAMES = [
  "a",
  "b",
  "c",
  "A",
  "0",
  "x.y",
  "$x",
  "[0]",
  '"',
  "'",
  "__proto__",
  "\u{1f600}",
  "",
] as const;

/** Values whose order, equality or translation differs between JavaScript and databases. */
export const EDGE_SCALARS: readonly (string | number | boolean | null)[] = [
  ...[null, true, false, 0, 1, -1, 2, 10, 1.5, 0.1, 0.30000000000000004, 1e21, 1e-7, 5e-324, -5e-324],
  ...[Number.MAX_VALUE, -Number.MAX_VALUE, 9007199254740991, 9007199254740992, 9007199254740994, 2 ** 63],
  ...["", "a", "A", "b", "ab", "a b", "abc", "\u00e9", "e\u0301", "\uff5e", "\u{1f600}", "1", "1.5", "true", "null"],
  ...["[]", "{}", '"', "'", "\\", "%", "_", "\n", "event sourcing", "Event, sourcing!", "x".repeat(300)],
  ...["\u00c9", "\u03a3\u03c3\u03c2", "\u0130I\u0131", "\u212a", "STRASSE \u1e9e\u00df", "\u{10400}A\u{10428}"],
];

/**
 * A state of any shape, at most the given number of levels deep. Its names and values are difficult, but few, so that
 * `generatedQuery` finds some.
 *
 * @example
 * ```ts
 * await projectionStore.save(aProjection().withState(generatedState(random, 3)).build());
 * ```
 */
export function generatedState(random: Random, depth: number): JsonValue {
  const kind = random.integer(0, depth > 0 ? 5 : 2);
  if (kind <= 2) return random.pick(EDGE_SCALARS);
  if (kind === 3) return Array.from({ length: random.integer(0, 3) }, () => generatedState(random, depth - 1));
  const members = Array.from(
    { length: random.integer(0, 5) },
    () => [random.pick(MEMBER_NAMES), generatedState(random, depth - 1)] as const,
  );
  return Object.fromEntries(members);
}
