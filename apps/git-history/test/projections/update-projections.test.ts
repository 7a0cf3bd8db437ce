import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Commit } from "../../src/git/commit.ts";
import { importHistory } from "../../src/history/import-history.ts";
import { contributorProjector } from "../../src/projections/contributor-projector.ts";
import { updateProjections } from "../../src/projections/update-projections.ts";
import { commitsOf, listed } from "../support/commits.ts";
import { fastRepository } from "../support/fast-import.ts";
import { type GitRankings, gitRankings } from "../support/git-rankings.ts";
import { newFiles } from "../support/new-files.ts";
import { removeTemporaryDirectories, type TestRepository } from "../support/test-repository.ts";

afterAll(removeTemporaryDirectories);

let repository: TestRepository;
let commits: readonly Commit[];
let rankings: GitRankings;

/** Commits of 7 people to files of very different fates. */
beforeAll(async () => {
  const pathsOf = (n: number): string[] => [`f${n % 5}`, `g${n % 11}`, `dir/h${(n * n) % 47}`];
  repository = fastRepository({ commits: 60, pathsOf });
  commits = await commitsOf(repository);
  rankings = gitRankings(repository);
});

describe("updateProjections", () => {
  it("counts the commits of git shortlog", async () => {
    const { files, projections, processing } = await newFiles();
    await importHistory({ commits: listed(commits), files });
    await updateProjections({ files, projections, processing });
    const { items } = await projections.of(contributorProjector).search();
    const shortlog = repository.git("shortlog", "--summary", "--email", "HEAD").split("\n");
    expect(items.map(({ state: { commits, name, email } }) => `${commits}\t${name} <${email}>`).sort()).toEqual(
      shortlog.map((line) => line.trim()).sort(),
    );
  });

  it("folds on only what is new, and comes to the same", async () => {
    const { files, projections, processing, summary } = await newFiles();
    for (const [part, events] of [
      [0, 0],
      [1, 3],
      [25, 72],
      [25, 0],
      [60, 105],
    ] as const) {
      await importHistory({ commits: listed(commits.slice(0, part)), files });
      expect(await updateProjections({ files, projections, processing })).toBe(events);
    }
    expect(await summary()).toMatchObject(rankings);
  });

  it("saves more projections than it saves at once, part by part", async () => {
    const files = process.env.EVENTFOLD_SOAK ? 4_000 : 400; // a thousand are read, and saved, at once
    const pathsOf = (n: number) =>
      Array.from({ length: files }, (_, file) => `d${file % 97}/f${(file + n * 0.75 * files) % (2.75 * files)}`);
    const many = fastRepository({ commits: 4, pathsOf });
    const { files: stored, summary } = await newFiles();
    await importHistory({ commits: listed(await commitsOf(many)), files: stored });
    expect(await summary()).toMatchObject(gitRankings(many));
  });

  it("comes to the same when several of them share the work", async () => {
    const { files, projections, processing, summary } = await newFiles();
    await importHistory({ commits: listed(commits), files });
    const folded = await Promise.all([1, 2, 3].map(() => updateProjections({ files, projections, processing })));
    expect(Math.max(...folded)).toBe(180);
    expect(await updateProjections({ files, projections, processing })).toBe(0);
    expect(await summary()).toMatchObject(rankings);
  });

  it("stops at a signal, and goes on from what was saved", async () => {
    const { files, projections, processing, summary } = await newFiles();
    await importHistory({ commits: listed(commits), files });
    const stopped = updateProjections({ files, projections, processing, signal: AbortSignal.abort(new Error("stop")) });
    await expect(stopped).rejects.toThrow("stop");
    expect(await summary()).toMatchObject(rankings);
  });
});
