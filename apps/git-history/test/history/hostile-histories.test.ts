import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Commit } from "../../src/git/commit.ts";
import { countCommits, openRepository } from "../../src/git/repository.ts";
import { importHistory } from "../../src/history/import-history.ts";
import { commitsOf, countsOf, listed } from "../support/commits.ts";
import { runDemoJsonHere } from "../support/demo.ts";
import { type GitCounts, gitCounts } from "../support/git-counts.ts";
import { type GitRankings, gitRankings } from "../support/git-rankings.ts";
import { HOSTILE_REPOSITORIES } from "../support/hostile-repositories.ts";
import { newFiles } from "../support/new-files.ts";
import { oddPaths } from "../support/odd-paths.ts";
import { bare, linkedWorkTree, shallow } from "../support/odd-places.ts";
import { placeOf, placesIn } from "../support/places.ts";
import { removeTemporaryDirectories, type TestRepository, temporaryDirectory } from "../support/test-repository.ts";

afterAll(removeTemporaryDirectories);

/** What the program does around the import could be spoilt by places and names. */
const TOLD = [oddPaths, bare, shallow, linkedWorkTree];

describe.each(HOSTILE_REPOSITORIES)("a history of $title", ({ make }) => {
  let repository: TestRepository;
  let commits: readonly Commit[];
  let counts: GitCounts;
  let rankings: GitRankings;
  let events: number;

  beforeAll(async () => {
    repository = make();
    commits = await commitsOf(repository);
    counts = gitCounts(repository);
    rankings = gitRankings(repository);
    events = counts.added + counts.modified + counts.renamed + counts.deleted;
  });

  it("is read as git lists it", async () => {
    expect(countsOf(commits)).toEqual(counts);
    expect(await countCommits(await openRepository(repository.directory))).toBe(commits.length);
    const order = repository.git("rev-list", "--topo-order", "--reverse", "HEAD").split("\n");
    expect(commits.map((commit) => commit.hash)).toEqual(order);
  });

  it("is stored once, in git's order, and ranked as git counts", async () => {
    const { files, summary } = await newFiles();
    const { commits: commitCount, ...sums } = counts;
    const tally = await importHistory({ commits: listed(commits), files });
    expect(tally).toEqual({ commits: commitCount, events, newEvents: events });
    expect(await summary()).toMatchObject({ ...sums, ...rankings });
    const stored = await files.read();
    expect(stored.map(placeOf)).toEqual(placesIn(commits));
    expect(await importHistory({ commits: listed(commits), files })).toEqual({ ...tally, newEvents: 0 });
    expect(await files.read()).toEqual(stored);
  });

  it.runIf(process.env.EVENTFOLD_SOAK || TOLD.includes(make))("is told by the demo, and stored once", async () => {
    const args = [repository.directory, "--db", `sqlite:${join(temporaryDirectory(), "history.db")}`];
    const expected = { ...counts, ...rankings, events, categories: events === 0 ? 0 : 1 };
    expect(await runDemoJsonHere(args)).toMatchObject({ ...expected, newEvents: events });
    expect(await runDemoJsonHere(args)).toMatchObject({ ...expected, newEvents: 0 });
  });
});
