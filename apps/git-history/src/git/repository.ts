import { type Stats, statSync } from "node:fs";
import { basename, resolve } from "node:path";
import { EXIT_CODES, Failure } from "@eventfold/databases";
import { readGit, runGit } from "./git-process.ts";

/** A git repository as it was when it was opened. */
export interface Repository {
  /** Where git is run: the work tree or a directory within it, or the repository itself if it is bare. */
  readonly directory: string;
  /** What to call it, from its directory. */
  readonly name: string;
  /** The commit that `HEAD` named; `undefined` while there is none. */
  readonly head: string | undefined;
}

/**
 * Looks at what is at a path: a work tree, a directory within one, a linked work tree, or a repository without one.
 *
 * @throws {@link Failure} when there is no repository, git refuses it, or its `HEAD` is broken.
 *
 * @example
 * ```ts
 * const { head } = await openRepository("../some-project");
 * ```
 */
export async function openRepository(path: string): Promise<Repository> {
  const directory = resolve(path);
  if (!statOf(directory)?.isDirectory()) throw notThere(path, directory);
  const { exitCode, complaint } = await runGit({ directory, args: ["rev-parse", "--git-dir"] });
  if (exitCode !== 0) {
    throw new Failure(`${path} is not a git repository that can be read here.\ngit says: ${complaint}`);
  }
  return { directory, name: basename(directory) || directory, head: await headOf(directory) };
}

/** How many commits the history of a repository has, as `git rev-list --count HEAD` says. */
export async function countCommits({ directory, head }: Repository, signal?: AbortSignal): Promise<number> {
  if (head === undefined) return 0;
  return Number(await readGit({ directory, args: ["rev-list", "--count", head], signal }));
}

async function headOf(directory: string): Promise<string | undefined> {
  const head = await runGit({ directory, args: ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"] });
  if (head.exitCode === 0) return head.output.trim();
  const branch = await runGit({ directory, args: ["symbolic-ref", "--quiet", "HEAD"] });
  const tip = await runGit({ directory, args: ["rev-parse", "--verify", "--quiet", branch.output.trim() || "HEAD"] });
  if (branch.exitCode === 0 && tip.exitCode !== 0) return undefined; // A branch that is yet to be born.
  throw new Failure(`HEAD of ${directory} names no commit that is there. ${head.complaint}`.trim());
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

function notThere(path: string, directory: string): Failure {
  const what = statOf(directory) === undefined ? "There is nothing at" : "A file, not a directory, is at";
  return new Failure(`${what} ${path}: give the path of a git repository.`, { exitCode: EXIT_CODES.usage });
}
