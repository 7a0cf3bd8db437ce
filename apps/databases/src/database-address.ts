import { EXIT_CODES, Failure } from "./failure.ts";

/** Where events are stored. */
export interface DatabaseAddress {
  /** What is before the first colon, in lower case. */
  readonly kind: string;
  /** What is after it; empty without one. */
  readonly place: string;
  /** As it was given. */
  readonly text: string;
}

/**
 * Reads `memory` or `sqlite:FILE`.
 *
 * @throws {@link Failure} when it is empty.
 *
 * @example
 * ```ts
 * parseDatabaseAddress("sqlite:history.db"); // { kind: "sqlite", place: "history.db", text: "sqlite:history.db" }
 * ```
 */
export function parseDatabaseAddress(text: string): DatabaseAddress {
  const [kind = "", ...rest] = text.split(":");
  if (kind === "") throw new Failure("--db needs a database.", { exitCode: EXIT_CODES.usage });
  return { kind: kind.toLowerCase(), place: rest.join(":"), text };
}
