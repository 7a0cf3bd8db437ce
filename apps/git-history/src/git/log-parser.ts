import { Failure } from "@eventfold/databases";
import type { FileChange, LineCounts } from "./commit.ts";
import { isLogHeader, type LogHeader, parseLogHeader } from "./log-header.ts";
import { parseNumstatEntry } from "./numstat-entry.ts";
import { isRawEntry, parseRawEntry, type RawEntry } from "./raw-entry.ts";

/** One commit of the listing. */
export interface ListedCommit {
  readonly header: LogHeader;
  readonly changes: readonly FileChange[];
}

/** A file of the raw listing that waits for its lines, which are listed after all files of the commit. */
interface ListedFile {
  readonly entry: RawEntry;
  readonly from: Buffer;
  readonly path: Buffer;
  counts: LineCounts;
}

type PathTaker = (path: Buffer) => void;

const NO_LINES: LineCounts = { linesAdded: 0, linesDeleted: 0 };
const NEWLINE = 0x0a;

/**
 * Puts commits together from the tokens of `git log --raw --numstat -z`.
 *
 * Git lists a commit as its header, then every file with what happened to it, then every file again with its lines.
 * Where an entry begins, the three are told apart by how they begin; the paths that follow are taken by number, whatever
 * they contain. The second list is in the order of the first but leaves out what has no lines to show, so the two are
 * joined by path.
 *
 * Holds one commit at a time.
 */
export class LogParser {
  #header: LogHeader | undefined;
  #files: ListedFile[] = [];
  /** Where in `#files` the next line counts may belong. */
  #next = 0;
  /** What takes the next tokens, in order, because they are paths. */
  #pathTakers: PathTaker[] = [];

  /**
   * Takes the next token.
   *
   * @returns the commit before, when the token begins another one.
   * @throws {@link Failure} when the token is none that git prints there.
   */
  take(token: Buffer): ListedCommit | undefined {
    const takePath = this.#pathTakers.shift();
    if (takePath === undefined) return this.#takeEntry(token[0] === NEWLINE ? token.subarray(1) : token);
    takePath(token);
    return undefined;
  }

  /**
   * Ends the listing.
   *
   * @returns the last commit; `undefined` when there was none.
   * @throws {@link Failure} when the listing stops within an entry.
   */
  end(): ListedCommit | undefined {
    if (this.#pathTakers.length > 0) throw new Failure("git's listing of commits stops in the middle of a file.");
    return this.#finish();
  }

  #takeEntry(token: Buffer): ListedCommit | undefined {
    if (token.length === 0) return undefined; // Git ends the header of a commit with a NUL of its own.
    if (isLogHeader(token)) {
      const finished = this.#finish();
      this.#header = parseLogHeader(token);
      return finished;
    }
    if (this.#header === undefined) throw unexpected(token);
    if (isRawEntry(token)) this.#takeRawEntry(parseRawEntry(token));
    else this.#takeNumstatEntry(token);
    return undefined;
  }

  #takeRawEntry(entry: RawEntry): void {
    let from: Buffer | undefined;
    const takeFrom: PathTaker = (path) => {
      from = path;
    };
    const takePath: PathTaker = (path) => {
      this.#files.push({ entry, from: from ?? path, path, counts: NO_LINES });
    };
    this.#pathTakers = entry.kind === "renamed" ? [takeFrom, takePath] : [takePath];
  }

  #takeNumstatEntry(token: Buffer): void {
    const entry = parseNumstatEntry(token);
    if (entry === undefined) throw unexpected(token);
    const takePath: PathTaker = (path) => this.#countLines(path, entry.counts);
    if (entry.path.length > 0) takePath(entry.path);
    else this.#pathTakers = [() => undefined, takePath];
  }

  #countLines(path: Buffer, counts: LineCounts): void {
    while (this.#next < this.#files.length) {
      const file = this.#files[this.#next++];
      if (file?.path.equals(path) !== true) continue;
      file.counts = counts;
      return;
    }
    throw unexpected(path);
  }

  #finish(): ListedCommit | undefined {
    if (this.#header === undefined) return undefined;
    const finished = { header: this.#header, changes: this.#files.map(toChange) };
    this.#header = undefined;
    this.#files = [];
    this.#next = 0;
    return finished;
  }
}

function toChange({ entry: { kind, mode, similarity }, from, path, counts }: ListedFile): FileChange {
  return kind === "renamed" ? { kind, path, mode, ...counts, from, similarity } : { kind, path, mode, ...counts };
}

function unexpected(token: Buffer): Failure {
  const text = JSON.stringify(token.subarray(0, 80).toString());
  return new Failure(`git's listing of commits holds something unknown here: ${text}`);
}
