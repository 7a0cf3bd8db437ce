import type { StoredEvent } from "@eventfold/store";
import { afterAll, describe, expect, it } from "vitest";
import { parseCommitMetadata } from "../../src/events/commit-metadata.ts";
import type { FileEvents } from "../../src/events/file-events.ts";
import { streamNameOf } from "../../src/events/stream-name.ts";
import type { Commit } from "../../src/git/commit.ts";
import { importHistory } from "../../src/history/import-history.ts";
import { commitsOf, listed } from "../support/commits.ts";
import { fastRepository } from "../support/fast-import.ts";
import { gitCounts } from "../support/git-counts.ts";
import { gitRankings } from "../support/git-rankings.ts";
import { HOSTILE_REPOSITORIES } from "../support/hostile-repositories.ts";
import { newFiles } from "../support/new-files.ts";
import { removeTemporaryDirectories, TestRepository } from "../support/test-repository.ts";

afterAll(removeTemporaryDirectories);

/** The commit and stream of every change, in git's order. */
function placesIn(commits: readonly Commit[]): string[] {
  return commits.flatMap(({ hash, changes }) => changes.map(({ path }) => `${hash} ${streamNameOf(path)}`));
}

function placeOf({ stream, metadata }: StoredEvent<FileEvents>): string {
  return `${parseCommitMetadata(metadata).commit} ${stream}`;
}

describe("importHistory", () => {
  for (const { title, make } of HOSTILE_REPOSITORIES) {
    it(`stores what git lists once, in git's order, and ranks as git counts: ${title}`, async () => {
      const repository = make();
      const commits = await commitsOf(repository);
      const { files, summary } = await newFiles();
      const tally = await importHistory({ commits: listed(commits), files });
      const { commits: commitCount, ...counts } = gitCounts(repository);
      const events = counts.added + counts.modified + counts.renamed + counts.deleted;
      expect(tally).toEqual({ commits: commitCount, events, newEvents: events });
      expect(await summary()).toMatchObject({ ...counts, ...gitRankings(repository) });
      const stored = await files.read();
      expect(stored.map(placeOf)).toEqual(placesIn(commits));
      expect(await importHistory({ commits: listed(commits), files })).toEqual({ ...tally, newEvents: 0 });
      expect(await files.read()).toEqual(stored);
    });
  }

  it("completes what a part of the history left", async () => {
    const commits = await commitsOf(fastRepository({ commits: 300, pathsOf: (n) => [`f${n % 5}`, `g${n % 11}`] }));
    const { files } = await newFiles();
    await importHistory({ commits: listed(commits.slice(0, 120)), files });
    const tally = await importHistory({ commits: listed(commits), files });
    expect(tally).toEqual({ commits: 300, events: 600, newEvents: 360 });
    expect((await files.read()).map(placeOf)).toEqual(placesIn(commits));
  });

  it("stores a commit of 10,000 files at once", async () => {
    const repository = fastRepository({
      commits: 2,
      pathsOf: (n) => Array.from({ length: 10_000 }, (_, file) => `dir${(file + n * 5000) % 97}/f${file + n * 5000}`),
    });
    const { files, summary } = await newFiles();
    const tally = await importHistory({ commits: listed(await commitsOf(repository)), files });
    const { commits, ...counts } = gitCounts(repository);
    expect(tally).toEqual({ commits, events: 20_000, newEvents: 20_000 });
    expect(await summary()).toMatchObject(counts);
    expect(counts.modified).toBe(5000);
  });

  it("says what each event is about", async () => {
    const repository = TestRepository.create();
    repository.write("old name.txt", "1\n2\n3\n4\n5\n6\n7\n8\n9\n");
    repository.commit({ authorDate: "1600000000 +0200", committerDate: "1700000000 -0500" });
    repository.git("mv", "old name.txt", "100%.txt");
    repository.write("100%.txt", "1\n2\n3\n4\n5\n6\n7\n8\nnine\nten\n");
    repository.write("picture", Buffer.from([0, 1]));
    const hash = repository.commit();
    const { files } = await newFiles();
    await importHistory({ commits: listed(await commitsOf(repository)), files });
    const [added, ...rest] = await files.read();
    expect(added).toMatchObject({
      name: "file-added",
      stream: "old name.txt",
      position: 0,
      payload: { linesAdded: 9, linesDeleted: 0, mode: "100644" },
      occurredAt: new Date(1_600_000_000_000),
      observedAt: new Date(1_700_000_000_000),
    });
    const metadata = {
      commit: hash,
      author: { name: "Ada Author", email: "ada@example.com" },
      committer: { name: "Carl Committer", email: "carl@example.com" },
    };
    const renamed = { linesAdded: 2, linesDeleted: 1, mode: "100644", from: "old name.txt", similarity: 64 };
    const binary = { linesAdded: null, linesDeleted: null, mode: "100644" };
    expect(rest).toMatchObject([
      { name: "file-renamed", stream: "100%25.txt", position: 0, payload: renamed, metadata },
      { name: "file-added", stream: "picture", position: 0, payload: binary, metadata },
    ]);
  });

  it("keeps the whole path of a file whose stream is named by a part of it", async () => {
    const repository = TestRepository.create();
    const path = `${"long/".repeat(120)}file%`;
    repository.write(path);
    repository.commit();
    const { files } = await newFiles();
    await importHistory({ commits: listed(await commitsOf(repository)), files });
    const [event] = await files.read();
    expect(event?.stream).toMatch(/^(long\/){88}%sha256-[0-9a-f]{64}$/);
    expect(event?.payload.path).toBe(`${path}25`);
  });

  it("waits for what is in flight, then fails with what reading threw", async () => {
    const commits = await commitsOf(fastRepository({ commits: 50, pathsOf: (n) => [`f${n}`] }));
    async function* breaking(): AsyncGenerator<Commit> {
      yield* commits;
      throw new Error("git broke");
    }
    const { files } = await newFiles();
    await expect(importHistory({ commits: breaking(), files })).rejects.toThrow("git broke");
    expect(await files.read()).toHaveLength(50);
  });
});
