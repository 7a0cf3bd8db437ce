import { afterAll, describe, expect, it } from "vitest";
import type { Commit } from "../../src/git/commit.ts";
import { importHistory } from "../../src/history/import-history.ts";
import { commitsOf, listed } from "../support/commits.ts";
import { fastRepository } from "../support/fast-import.ts";
import { gitCounts } from "../support/git-counts.ts";
import { newFiles } from "../support/new-files.ts";
import { placeOf, placesIn } from "../support/places.ts";
import { removeTemporaryDirectories, TestRepository } from "../support/test-repository.ts";

afterAll(removeTemporaryDirectories);

describe("importHistory", () => {
  it("completes what a part of the history left", async () => {
    const commits = await commitsOf(fastRepository({ commits: 300, pathsOf: (n) => [`f${n % 5}`, `g${n % 11}`] }));
    const { files } = await newFiles();
    await importHistory({ commits: listed(commits.slice(0, 120)), files });
    const tally = await importHistory({ commits: listed(commits), files });
    expect(tally).toEqual({ commits: 300, events: 600, newEvents: 360 });
    expect((await files.read()).map(placeOf)).toEqual(placesIn(commits));
  });

  it("stores a commit of thousands of files at once", async () => {
    const half = process.env.EVENTFOLD_SOAK ? 5_000 : 1_000;
    const repository = fastRepository({
      commits: 2,
      pathsOf: (n) => Array.from({ length: 2 * half }, (_, file) => `dir${(file + n * half) % 97}/f${file + n * half}`),
    });
    const { files, summary } = await newFiles();
    const tally = await importHistory({ commits: listed(await commitsOf(repository)), files });
    const { commits, ...counts } = gitCounts(repository);
    expect(tally).toEqual({ commits, events: 4 * half, newEvents: 4 * half });
    expect(await summary()).toMatchObject(counts);
    expect(counts.modified).toBe(half);
  });

  it("says what each event is about", async () => {
    const repository = TestRepository.create();
    repository.write("old name.txt", "1\n2\n3\n4\n5\n6\n7\n8\n9\n");
    repository.commit({ authorDate: "1600000000 +0200", committerDate: "1700000000 -0500" });
    repository.git("mv", "old name.txt", "100%.txt");
    repository.write("100%.txt", "1\n2\n3\n4\n5\n6\n7\n8\nnine\nten\n");
    repository.write("picture", Buffer.from([0, 1]));
    repository.commit();
    const hash = repository.head();
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
