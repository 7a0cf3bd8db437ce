/** Who wrote or committed something, in the words of the commit itself: no mailmap is applied. */
export interface Person {
  readonly name: string;
  readonly email: string;
}

/** A person at a time. */
interface Signature extends Person {
  readonly at: Date;
}

/** Lines by which a file changed; `null` where git counts none, because it takes the file for binary. */
export interface LineCounts {
  readonly linesAdded: number | null;
  readonly linesDeleted: number | null;
}

interface ChangeOf<TKind extends string> extends LineCounts {
  readonly kind: TKind;
  /** The bytes of the path: any but NUL, in no particular encoding. */
  readonly path: Buffer;
  /** The file's mode in octal: of what was deleted, or of what is there now. `160000` is a submodule, `120000` a link. */
  readonly mode: string;
}

/** A file that was not there before. */
type FileAdded = ChangeOf<"added">;

/** A file with another content, mode or type. */
type FileModified = ChangeOf<"modified">;

/** A file that is no longer there. */
type FileDeleted = ChangeOf<"deleted">;

/** A file that was elsewhere before, perhaps with changes. */
interface FileRenamed extends ChangeOf<"renamed"> {
  /** The bytes of the path it had. */
  readonly from: Buffer;
  /** How much of it stayed the same, in per cent, as git judged. */
  readonly similarity: number;
}

/** What a commit did to one file. */
export type FileChange = FileAdded | FileModified | FileRenamed | FileDeleted;

/** A commit and what it did to files, as git lists it: a merge lists nothing. */
export interface Commit {
  /** The object name, in lower-case hexadecimal (40 digits, or 64 in a SHA-256 repository). */
  readonly hash: string;
  readonly author: Signature;
  readonly committer: Signature;
  readonly changes: readonly FileChange[];
}
