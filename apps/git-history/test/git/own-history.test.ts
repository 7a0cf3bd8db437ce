import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { openBundledHistory } from "../../src/git/bundled-history.ts";
import { openOwnHistory } from "../../src/git/own-history.ts";
import { countCommits } from "../../src/git/repository.ts";
import { gitCounts } from "../support/git-counts.ts";
import { removeTemporaryDirectories, TestRepository, temporaryDirectory } from "../support/test-repository.ts";

afterAll(removeTemporaryDirectories);

const SAMPLE = "eventfold (the bundled sample)";

describe("openOwnHistory", () => {
  it("reads the checkout, if it has commits", async () => {
    const repository = TestRepository.create();
    repository.commit();
    const head = repository.head();
    const history = await openOwnHistory(repository.directory);
    await history.dispose();
    expect(history.repository).toEqual({ directory: repository.directory, name: "eventfold (this checkout)", head });
    expect(existsSync(repository.directory)).toBe(true);
  });

  it("reads this project when it is not told where, and finds commits", async () => {
    const { repository, dispose } = await openOwnHistory();
    expect(repository.name).toMatch(/^eventfold \(/);
    expect(await countCommits(repository)).toBeGreaterThan(0);
    await dispose();
  });

  it("reads the sample when there is no checkout, even within another repository", async () => {
    const repository = TestRepository.create();
    repository.write("unpacked/file");
    repository.commit();
    for (const root of [temporaryDirectory(), join(repository.directory, "unpacked")]) {
      const history = await openOwnHistory(root);
      await history.dispose();
      expect(history).toMatchObject({ repository: { name: SAMPLE } });
      expect(history.note).toBeUndefined();
    }
  });

  it("reads the sample, and says why, where the checkout has no commit or is none that git can read", async () => {
    const unborn = await openOwnHistory(TestRepository.create().directory);
    await unborn.dispose();
    expect(unborn).toMatchObject({ repository: { name: SAMPLE }, note: expect.stringContaining("It has no commit.") });
    const broken = temporaryDirectory();
    writeFileSync(join(broken, ".git"), "gitdir: /nowhere\n");
    const unreadable = await openOwnHistory(broken);
    await unreadable.dispose();
    expect(unreadable).toMatchObject({
      repository: { name: SAMPLE },
      note: expect.stringContaining("git says: fatal:"),
    });
  });
});

describe("openBundledHistory", () => {
  it("unpacks a history that git itself can read, and removes it", async () => {
    const { repository, dispose } = await openBundledHistory();
    const counts = gitCounts(new TestRepository(repository.directory));
    expect(counts.commits).toBe(await countCommits(repository));
    expect(counts.commits).toBeGreaterThan(3);
    await dispose();
    expect(existsSync(repository.directory)).toBe(false);
  });

  it("removes what it made when the bundle cannot be read", async () => {
    const temporary = temporaryDirectory();
    vi.stubEnv("TMPDIR", temporary);
    const bundle = join(temporary, "no.bundle");
    writeFileSync(bundle, "no bundle\n");
    await expect(openBundledHistory(bundle)).rejects.toThrow(/^git fetch ended with exit code/);
    vi.unstubAllEnvs();
    expect(readdirSync(temporary)).toEqual(["no.bundle"]);
  });
});
