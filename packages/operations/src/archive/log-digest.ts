/** The content of a category, up to the number of the digest that it belongs to. */
export interface CategoryDigest {
  readonly category: string;
  /** How many events. */
  readonly events: number;
  /** SHA-256, in lower-case hexadecimal. */
  readonly digest: string;
}

/** The content of a log up to a number. */
export interface DigestMark {
  /** A sequence number, inclusive. */
  readonly upTo: number;
  /** How many events the log has up to there. */
  readonly events: number;
  /** SHA-256, in lower-case hexadecimal. */
  readonly digest: string;
}

/**
 * The content of a log in short: if two logs have equal digests up to the same number, they have the same events up to there, to
 * the last character, whatever adapters they are stored by. Plain data: `JSON.stringify` writes it, {@link parseLogDigest} reads it.
 */
export interface LogDigest extends DigestMark {
  /** What this is, and by which method it was made. */
  readonly kind: "eventfold-digest-1";
  /** By name, in the order of code points. Categories that begin with `$` are among them. */
  readonly categories: readonly CategoryDigest[];
  /** The content after every 100,000 events, by which a difference can be located. */
  readonly marks: readonly DigestMark[];
}

/**
 * Reads a digest that was recorded as JSON.
 *
 * @throws `SyntaxError` when the text is not JSON.
 * @throws `RangeError` naming the member that is missing or of the wrong kind.
 *
 * @example
 * ```ts
 * const recorded = parseLogDigest(JSON.stringify(await digestLog({ of: adapter })));
 * ```
 */
export function parseLogDigest(text: string): LogDigest {
  const members = objectIn(JSON.parse(text), "digest");
  if (members.kind !== "eventfold-digest-1") {
    throw new RangeError('The "kind" of a digest must be "eventfold-digest-1".');
  }
  return {
    kind: "eventfold-digest-1",
    ...markIn(members),
    categories: listIn(members, "categories").map((category) => ({
      category: textIn(category, "category"),
      events: countIn(category, "events"),
      digest: sha256In(category),
    })),
    marks: listIn(members, "marks").map(markIn),
  };
}

type Members = Readonly<Record<string, unknown>>;

function markIn(members: Members): DigestMark {
  return { upTo: countIn(members, "upTo"), events: countIn(members, "events"), digest: sha256In(members) };
}

function objectIn(value: unknown, name: string): Members {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Members;
  throw new RangeError(`The ${name} must be a JSON object.`);
}

function listIn(members: Members, name: string): Members[] {
  const value = members[name];
  if (!Array.isArray(value)) throw new RangeError(`The "${name}" of a digest must be an array.`);
  return value.map((item) => objectIn(item, `items of "${name}"`));
}

function countIn(members: Members, name: string): number {
  const value = members[name];
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw new RangeError(`"${name}" in a digest must be an integer of at least 0.`);
}

function textIn(members: Members, name: string): string {
  const value = members[name];
  if (typeof value === "string") return value;
  throw new RangeError(`"${name}" in a digest must be a string.`);
}

function sha256In(members: Members): string {
  const value = textIn(members, "digest");
  if (/^[0-9a-f]{64}$/.test(value)) return value;
  throw new RangeError('"digest" in a digest must be a SHA-256 in lower-case hexadecimal.');
}
