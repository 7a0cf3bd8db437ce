import { checkedName } from "./name.ts";

/** The whole log: everything, in order. */
export interface LogIdentifier {
  readonly kind: "log";
}

/** All streams of one kind. */
export interface CategoryIdentifier {
  readonly kind: "category";
  readonly category: string;
}

/** The ordered events of one thing. */
export interface StreamIdentifier {
  readonly kind: "stream";
  readonly category: string;
  readonly stream: string;
}

/** What events can be read from in a store. Plain data, which is also its JSON form. */
export type SourceIdentifier = LogIdentifier | CategoryIdentifier | StreamIdentifier;

const LOG: LogIdentifier = Object.freeze({ kind: "log" });

/** The identifier of the log. */
export function logIdentifier(): LogIdentifier {
  return LOG;
}

/**
 * The identifier of a category.
 *
 * @throws `InvalidNameError` (`INVALID_NAME`) when the name breaks the rules for categories.
 */
export function categoryIdentifier(category: string): CategoryIdentifier {
  return Object.freeze({ kind: "category", category: checkedName("category", category) });
}

/**
 * The identifier of a stream.
 *
 * @throws `InvalidNameError` (`INVALID_NAME`) when a name breaks the rules.
 *
 * @example
 * ```ts
 * streamIdentifier({ category: "accounts", stream: "acc-1" });
 * ```
 */
export function streamIdentifier(names: { readonly category: string; readonly stream: string }): StreamIdentifier {
  return Object.freeze({
    kind: "stream",
    category: checkedName("category", names.category),
    stream: checkedName("stream", names.stream),
  });
}

/**
 * The canonical string form: `log`, `category/NAME` or `stream/CATEGORY/NAME`, with the names percent-encoded as in a
 * URL, so that two identifiers have the same string exactly when they are the same.
 *
 * @example
 * ```ts
 * printSourceIdentifier({ kind: "stream", category: "files", stream: "a/b" }); // "stream/files/a%2Fb"
 * ```
 */
export function printSourceIdentifier(identifier: SourceIdentifier): string {
  switch (identifier.kind) {
    case "log":
      return "log";
    case "category":
      return `category/${encodeURIComponent(identifier.category)}`;
    case "stream":
      return `stream/${encodeURIComponent(identifier.category)}/${encodeURIComponent(identifier.stream)}`;
  }
}

/**
 * Reads the string form that {@link printSourceIdentifier} makes.
 *
 * @throws `RangeError` when the text is not in the canonical form.
 * @throws `InvalidNameError` (`INVALID_NAME`) when a name in it breaks the rules.
 *
 * @example
 * ```ts
 * parseSourceIdentifier("category/accounts"); // { kind: "category", category: "accounts" }
 * ```
 */
export function parseSourceIdentifier(text: unknown): SourceIdentifier {
  if (typeof text !== "string") throw new RangeError(`A source identifier must be a string, got ${typeof text}.`);
  const identifier = identifierOf(text);
  if (identifier === undefined || printSourceIdentifier(identifier) !== text) {
    throw new RangeError(
      `Not a source identifier: expected "log", "category/NAME" or "stream/CATEGORY/NAME", got ${JSON.stringify(text.slice(0, 100))}.`,
    );
  }
  return identifier;
}

function identifierOf(text: string): SourceIdentifier | undefined {
  const [kind, first, second, ...rest] = text.split("/", 4).map(decode);
  if (rest.length > 0) return undefined;
  if (kind === "log" && first === undefined) return logIdentifier();
  if (kind === "category" && first !== undefined && second === undefined) return categoryIdentifier(first);
  if (kind === "stream" && first !== undefined && second !== undefined) {
    return streamIdentifier({ category: first, stream: second });
  }
  return undefined;
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined; // a stray "%": the caller compares with the canonical form and refuses.
  }
}
