import type { Person } from "./commit.ts";

/** A commit's own lines in the listing, before anything is known of its files. */
export interface LogHeader {
  readonly hash: string;
  readonly author: Person;
  readonly committer: Person;
  /** Seconds since 1970 as git prints them; empty where git cannot read the date. */
  readonly authoredAt: string;
  readonly committedAt: string;
}

const MARK = "commit ";

/** The format git is asked for: one token that nothing else at its place can be mistaken for, its fields on lines. */
export const LOG_HEADER_FORMAT = `tformat:${MARK}%H%n%at%n%ct%n%an%n%ae%n%cn%n%ce%x00`;

/** Whether a token at the beginning of an entry is a commit's header. */
export function isLogHeader(token: Buffer): boolean {
  return token.toString("latin1", 0, MARK.length) === MARK;
}

/**
 * Reads a header. Bytes that are not UTF-8, in names whose commit declares a wrong encoding, become U+FFFD.
 *
 * @example
 * ```ts
 * parseLogHeader(Buffer.from("commit 4b82…\n0\n0\nAda\nada@example.com\nAda\nada@example.com")).author.name; // "Ada"
 * ```
 */
export function parseLogHeader(token: Buffer): LogHeader {
  const fields = token.toString("utf8").split("\n");
  const [hash = "", authoredAt = "", committedAt = "", author = "", authorEmail = ""] = fields;
  const [committer = "", committerEmail = ""] = fields.slice(5);
  return {
    hash: hash.slice(MARK.length),
    author: { name: author, email: authorEmail },
    committer: { name: committer, email: committerEmail },
    authoredAt,
    committedAt,
  };
}
