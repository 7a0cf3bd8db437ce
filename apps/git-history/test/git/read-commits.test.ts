import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Commit } from "../../src/git/commit.ts";
import { readCommits } from "../../src/git/read-commits.ts";
import { countCommits, openRepository } from "../../src/git/repository.ts";
import { commitsOf, countsOf } from "../support/commits.ts";
import { oneBusyFile } from "../support/fast-import.ts";
import { gitCounts } from "../support/git-counts.ts";
import { removeTemporaryDirectories, TestRepository } from "../support/test-repository.ts";

afterAll(removeTemporaryDirectories);

function hostilelyConfigured(): TestRepository {
  const repository = TestRepository.create();
  repository.write("Jürgen ü", "1\n2\n3\n4\n5\n6\n7\n8\n");
  repository.write("b", "b1\nb2\nb3\nb4\nb5\nb6\n");
  repository.git("config", "user.name", "Jürgen");
  repository.gitBytes(["add", "--all"]);
  const env = { GIT_AUTHOR_NAME: "Jürgen", GIT_AUTHOR_EMAIL: "j@example.com", GIT_AUTHOR_DATE: "1600000000 +0000" };
  repository.gitBytes(["commit", "--quiet", "--message", "first"], { env });
  for (const [from, to] of [
    ["Jürgen ü", "moved"],
    ["b", "moved too"],
  ] as const) {
    renameSync(join(repository.directory, from), join(repository.directory, to));
    repository.write(to, "1\n2\n3\n4\n5\n6\nchanged\n");
  }
  repository.write("copy of moved", "1\n2\n3\n4\n5\n6\nchanged\n");
  repository.commit();
  repository.write(".mailmap", "Somebody Else <else@example.com> <j@example.com>\n");
  repository.write("order", "moved too\n");
  repository.commit();
  for (const [key, value] of HOSTILE_CONFIGURATION) repository.git("config", key, value);
  return repository;
}

const HOSTILE_CONFIGURATION = [
  ["color.ui", "always"],
  ["core.abbrev", "4"],
  ["core.pager", "false"],
  ["core.quotePath", "true"],
  ["diff.algorithm", "patience"],
  ["diff.external", "false"],
  ["diff.noprefix", "true"],
  ["diff.orderFile", "order"],
  ["diff.relative", "true"],
  ["diff.renameLimit", "1"],
  ["diff.renames", "copies"],
  ["format.pretty", "oneline"],
  ["i18n.logOutputEncoding", "ISO-8859-1"],
  ["log.abbrevCommit", "true"],
  ["log.date", "relative"],
  ["log.decorate", "full"],
  ["log.diffMerges", "first-parent"],
  ["log.follow", "true"],
  ["log.mailmap", "true"],
  ["log.showRoot", "false"],
  ["log.showSignature", "true"],
] as const;

/** Its listing is several times what a pipe holds, so that git has not ended while it is read. */
let long: TestRepository;
beforeAll(() => {
  long = oneBusyFile(1500);
});

describe("readCommits", () => {
  it("lists what git lists under a configuration that changes both what is listed and how", async () => {
    const repository = hostilelyConfigured();
    const commits = await commitsOf(repository);
    expect(countsOf(commits)).toEqual(gitCounts(repository));
    expect(commits[0]?.author).toEqual({ name: "Jürgen", email: "j@example.com", at: new Date(1_600_000_000_000) });
  });

  it("ends git when the reader stops early", async () => {
    const seen: Commit[] = [];
    for await (const commit of readCommits(await openRepository(long.directory))) {
      seen.push(commit);
      if (seen.length === 2) break;
    }
    expect(seen.map((commit) => commit.changes.length)).toEqual([1, 1]);
  });

  it("rejects with the reason of its signal", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const reading = async (): Promise<void> => {
      for await (const _ of readCommits(await openRepository(long.directory), controller.signal)) {
        controller.abort(reason);
      }
    };
    await expect(reading()).rejects.toBe(reason);
  });

  it("fails with what git says when objects are missing", async () => {
    const repository = TestRepository.create();
    repository.write("file");
    repository.commit();
    const blob = repository.git("rev-parse", "HEAD:file");
    rmSync(join(repository.directory, ".git/objects", blob.slice(0, 2), blob.slice(2)));
    await expect(commitsOf(repository)).rejects.toThrow(/^git log ended with exit code 128: .*unable to read/s);
  });

  it("has nothing to list before the first commit", async () => {
    const repository = TestRepository.create();
    expect(await commitsOf(repository)).toEqual([]);
    expect(await countCommits(await openRepository(repository.directory))).toBe(0);
  });
});
