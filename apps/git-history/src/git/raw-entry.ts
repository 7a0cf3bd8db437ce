import { Failure } from "@eventfold/databases";

/** What git's raw listing says of one file, before its path or paths. */
export interface RawEntry {
  readonly kind: "added" | "modified" | "renamed" | "deleted";
  readonly mode: string;
  /** In per cent, for a rename; otherwise 0. */
  readonly similarity: number;
}

const KINDS = new Map<string, RawEntry["kind"]>([
  ["A", "added"],
  ["D", "deleted"],
  ["M", "modified"],
  ["R", "renamed"],
  ["T", "modified"], // Another type: a file became a link or a submodule.
]);

/** Whether a token at the beginning of an entry is of the raw listing. */
export function isRawEntry(token: Buffer): boolean {
  return token[0] === 0x3a;
}

/**
 * Reads `:100644 100644 bdc955b 940532 R066`.
 *
 * @throws {@link Failure} for a status that a listing of commits with `-M` does not have.
 *
 * @example
 * ```ts
 * parseRawEntry(Buffer.from(":000000 100644 0000000 bdc955b A")); // { kind: "added", mode: "100644", similarity: 0 }
 * ```
 */
export function parseRawEntry(token: Buffer): RawEntry {
  const [before = "", after = "", , , status = ""] = token.toString("latin1", 1).split(" ");
  const kind = KINDS.get(status.slice(0, 1));
  if (kind === undefined) throw new Failure(`git listed a change of a kind unknown here: ${JSON.stringify(status)}`);
  return { kind, mode: kind === "deleted" ? before : after, similarity: Number(status.slice(1)) };
}
