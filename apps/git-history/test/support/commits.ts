import type { Commit } from "../../src/git/commit.ts";
import { readCommits } from "../../src/git/read-commits.ts";
import { openRepository } from "../../src/git/repository.ts";
import type { TestRepository } from "./test-repository.ts";

/** All commits of a repository, parents before children. */
export async function commitsOf(repository: TestRepository): Promise<Commit[]> {
  const commits: Commit[] = [];
  for await (const commit of readCommits(await openRepository(repository.directory))) commits.push(commit);
  return commits;
}

/** Commits as they come from git. */
export async function* listed(commits: readonly Commit[]): AsyncGenerator<Commit> {
  yield* commits;
}
