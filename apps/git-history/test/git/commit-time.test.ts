import { afterAll, describe, expect, it } from "vitest";
import { commitTime } from "../../src/git/commit-time.ts";
import { readCommits } from "../../src/git/read-commits.ts";
import { openRepository } from "../../src/git/repository.ts";
import { HOSTILE_REPOSITORIES } from "../support/hostile-repositories.ts";
import { removeTemporaryDirectories } from "../support/test-repository.ts";

afterAll(removeTemporaryDirectories);

describe("commitTime", () => {
  it("moves what no calendar of four digits has to the nearer end", () => {
    expect(commitTime("253402300799")?.toISOString()).toBe("9999-12-31T23:59:59.000Z");
    expect(commitTime("253402300800")?.toISOString()).toBe("9999-12-31T23:59:59.999Z");
    expect(commitTime("9".repeat(400))?.toISOString()).toBe("9999-12-31T23:59:59.999Z");
    expect(commitTime("-62135596800")?.toISOString()).toBe("0001-01-01T00:00:00.000Z");
    expect(commitTime("-62135596801")?.toISOString()).toBe("0001-01-01T00:00:00.000Z");
  });

  it("knows no time in what is not a number", () => {
    expect(["", "soon", "1e3", "0x1", " 1"].map(commitTime)).toEqual(Array(5).fill(undefined));
  });
});

describe("the dates of a commit", () => {
  it("are read from the commit itself where git prints none", async () => {
    const repository = HOSTILE_REPOSITORIES.find(({ title }) => title.startsWith("dates"))?.make();
    const dates: string[][] = [];
    for await (const { author, committer } of readCommits(await openRepository(repository?.directory ?? ""))) {
      dates.push([author.at.toISOString(), committer.at.toISOString()]);
    }
    expect(dates).toEqual([
      ["2023-11-14T22:13:20.000Z", "2023-11-14T22:13:20.000Z"],
      ["2020-09-13T12:26:40.000Z", "2017-07-14T02:40:00.000Z"],
      ["1969-12-31T00:00:00.000Z", "1969-12-31T00:00:00.000Z"],
      ["0001-01-01T00:00:00.000Z", "0001-01-01T00:00:00.000Z"],
      ["9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"],
      ["9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"],
      ["1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00.000Z"],
      ["1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00.000Z"],
      ["1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00.000Z"],
      ["1969-12-31T23:59:59.000Z", "1970-01-01T00:00:07.000Z"],
    ]);
  });
});
