import type { Commit } from "../../src/git/commit.ts";
import { readCommits } from "../../src/git/read-commits.ts";
import { openRepository } from "../../src/git/repository.ts";
import type { GitCounts } from "./git-counts.ts";
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

/** What commits add up to. */
export function countsOf(commits: readonly Commit[]): GitCounts {
  const changes = commits.flatMap((commit) => commit.changes);
  const ofKind = (kind: string): number => changes.filter((change) => change.kind === kind).length;
  return {
    commits: commits.length,
    added: ofKind("added"),
    modified: ofKind("modified"),
    renamed: ofKind("renamed"),
    deleted: ofKind("deleted"),
    streams: new Set(changes.map((change) => change.path.toString("latin1"))).size,
    linesAdded: changes.reduce((sum, change) => sum + (change.linesAdded ?? 0), 0),
    linesDeleted: changes.reduce((sum, change) => sum + (change.linesDeleted ?? 0), 0),
  };
}
