import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { openRepository } from "../../src/git/repository.ts";
import { removeTemporaryDirectories, TestRepository, temporaryDirectory } from "../support/test-repository.ts";

afterEach(() => vi.unstubAllEnvs());
afterAll(removeTemporaryDirectories);

function repositoryOfOneCommit(): TestRepository {
  const repository = TestRepository.create();
  repository.write("dir/file");
  repository.commit();
  return repository;
}

describe("openRepository", () => {
  it("knows the commit that HEAD names", async () => {
    const repository = repositoryOfOneCommit();
    const opened = await openRepository(repository.directory);
    expect(opened).toEqual({
      directory: repository.directory,
      name: "repository",
      head: repository.head(),
    });
  });

  it("finds the repository from a directory within it", async () => {
    const repository = repositoryOfOneCommit();
    const { head } = await openRepository(join(repository.directory, "dir"));
    expect(head).toBe(repository.head());
  });

  it("knows no commit before the first one", async () => {
    expect((await openRepository(TestRepository.create().directory)).head).toBeUndefined();
    expect((await openRepository(TestRepository.create("--bare").directory)).head).toBeUndefined();
  });

  it("is not led astray by a GIT_DIR in the environment", async () => {
    const repository = repositoryOfOneCommit();
    const head = repository.head();
    vi.stubEnv("GIT_DIR", join(TestRepository.create().directory, ".git"));
    expect((await openRepository(repository.directory)).head).toBe(head);
  });

  it("fails where there is nothing, a file, or no repository", async () => {
    const directory = temporaryDirectory();
    vi.stubEnv("GIT_CEILING_DIRECTORIES", directory);
    writeFileSync(join(directory, "file"), "");
    mkdirSync(join(directory, "plain"));
    await expect(openRepository(join(directory, "nowhere"))).rejects.toThrow(/^There is nothing at .*nowhere: give/);
    await expect(openRepository(join(directory, "file"))).rejects.toThrow(
      /^A file, not a directory, is at .*file: give/,
    );
    await expect(openRepository(join(directory, "plain"))).rejects.toThrow(
      /plain is not a git repository.*\ngit says: /,
    );
  });

  it("fails where HEAD names a commit that is not there", async () => {
    const repository = repositoryOfOneCommit();
    const head = repository.head();
    rmSync(join(repository.directory, ".git/objects", head.slice(0, 2), head.slice(2)));
    await expect(openRepository(repository.directory)).rejects.toThrow(/^HEAD of .* names no commit that is there/);
    writeFileSync(join(repository.directory, ".git/HEAD"), `${"1".repeat(40)}\n`);
    await expect(openRepository(repository.directory)).rejects.toThrow(/^HEAD of .* names no commit that is there/);
  });

  it("says so when git is not installed", async () => {
    vi.stubEnv("PATH", temporaryDirectory());
    await expect(openRepository(temporaryDirectory())).rejects.toThrow(/^This needs git/);
  });
});
