import type { LineCounts } from "./commit.ts";

/** What git's numstat listing says of one file. */
export interface NumstatEntry {
  readonly counts: LineCounts;
  /** The bytes of the path; empty for a rename, whose two paths are the next two tokens. */
  readonly path: Buffer;
}

const TAB = 0x09;

/**
 * Reads `5<tab>1<tab>path`, or `-<tab>-<tab>path` of a binary file.
 *
 * @returns `undefined` when the token is nothing of the kind.
 *
 * @example
 * ```ts
 * parseNumstatEntry(Buffer.from("5\t1\ta.txt"))?.counts; // { linesAdded: 5, linesDeleted: 1 }
 * ```
 */
export function parseNumstatEntry(token: Buffer): NumstatEntry | undefined {
  const first = token.indexOf(TAB);
  const second = token.indexOf(TAB, first + 1);
  if (first < 1 || second === -1) return undefined;
  const linesAdded = lineCount(token.toString("latin1", 0, first));
  const linesDeleted = lineCount(token.toString("latin1", first + 1, second));
  if (linesAdded === undefined || linesDeleted === undefined) return undefined;
  return { counts: { linesAdded, linesDeleted }, path: token.subarray(second + 1) };
}

function lineCount(text: string): number | null | undefined {
  if (text === "-") return null;
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
