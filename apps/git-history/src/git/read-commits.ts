import { Failure } from "@eventfold/databases";
import type { Commit } from "./commit.ts";
import { commitDates } from "./commit-dates.ts";
import { streamGit } from "./git-process.ts";
import { LOG_HEADER_FORMAT } from "./log-header.ts";
import { type ListedCommit, LogParser } from "./log-parser.ts";
import { NulSplitter } from "./nul-splitter.ts";
import type { Repository } from "./repository.ts";

/**
 * What is listed is left to git and the configuration of this machine, so that it equals what
 * `git log -M --raw --numstat -z` says there; only how it is written down is fixed.
 */
const LOG_ARGUMENTS = [
  "-c",
  "diff.relative=false",
  "log",
  "-M",
  "--raw",
  "--numstat",
  "-z",
  "--topo-order",
  "--reverse",
  "--no-color",
  "--no-show-signature",
  "--encoding=UTF-8",
  `--format=${LOG_HEADER_FORMAT}`,
];

/**
 * The history of a repository from its first commit to its `HEAD`, every parent before its children, each commit with
 * what it did to files.
 *
 * Git is read as fast as commits are taken, and waits otherwise: memory holds one commit and a chunk of git's output. (Git
 * itself holds the list of all commits, to sort them.) Breaking out of the loop ends git.
 *
 * @throws {@link Failure} when git fails or prints what this does not know; `signal.reason` when aborted.
 *
 * @example
 * ```ts
 * for await (const commit of readCommits(await openRepository("."))) console.log(commit.hash, commit.changes.length);
 * ```
 */
export async function* readCommits(
  repository: Repository,
  signal?: AbortSignal,
): AsyncGenerator<Commit, void, undefined> {
  const { directory, head } = repository;
  if (head === undefined) return;
  const parser = new LogParser();
  const splitter = new NulSplitter();
  for await (const chunk of streamGit({ directory, args: [...LOG_ARGUMENTS, head, "--"], signal })) {
    for (const token of splitter.split(chunk)) {
      const listed = parser.take(token);
      if (listed !== undefined) yield await toCommit(directory, listed);
    }
  }
  if (splitter.hasRemainder) throw new Failure("git's listing of commits stops in the middle of a word.");
  const last = parser.end();
  if (last !== undefined) yield await toCommit(directory, last);
}

async function toCommit(directory: string, { header, changes }: ListedCommit): Promise<Commit> {
  const { hash, author, committer } = header;
  const { authoredAt, committedAt } = await commitDates(directory, header);
  return { hash, author: { ...author, at: authoredAt }, committer: { ...committer, at: committedAt }, changes };
}
