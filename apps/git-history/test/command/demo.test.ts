import { closeSync, existsSync, mkdirSync, openSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { runDemo, runDemoHere, runDemoJson, runDemoJsonHere, startDemo } from "../support/demo.ts";
import { fastRepository } from "../support/fast-import.ts";
import { gitCounts } from "../support/git-counts.ts";
import { gitRankings } from "../support/git-rankings.ts";
import { binaryPaths } from "../support/odd-paths.ts";
import { removeTemporaryDirectories, TestRepository, temporaryDirectory } from "../support/test-repository.ts";

afterEach(() => vi.unstubAllEnvs());
afterAll(removeTemporaryDirectories);

let small: TestRepository;

beforeAll(() => {
  small = TestRepository.create();
  small.write("a file", "1\n2\n");
  small.commit({ authorDate: "1600000000 +0000", committerDate: "1700000000 +0000" });
  small.write("a file", "1\n");
  small.commit({ authorDate: "1650000000 +0000", committerDate: "1700000001 +0000" });
});

function sqlite(): string {
  return `sqlite:${join(temporaryDirectory(), "history.db")}`;
}

describe("demo --json", () => {
  // Names that are not UTF-8 are those that the code around the import, the output and the arguments, could spoil.
  it("counts what git counts, and stores nothing twice, as a process that is given paths relative to where it is called", async () => {
    const repository = binaryPaths();
    const { added, modified, ...others } = gitCounts(repository);
    const [events, directory] = [added + modified, join(repository.directory, "..")];
    const counts = { ...others, ...gitRankings(repository), added, modified, events, categories: 1 };
    const args = ["repository", "--db", "sqlite:here.db"];
    expect(await runDemoJson(args, { directory })).toMatchObject({ ...counts, newEvents: events });
    const env = { npm_lifecycle_event: "demo", INIT_CWD: directory }; // called by a script
    expect(await runDemoJson(args, { env })).toMatchObject({ ...counts, database: "sqlite:here.db", newEvents: 0 });
  });

  it("prints one object on one line", async () => {
    const { output } = await runDemoHere([small.directory, "--json"]);
    expect(output.split("\n")).toHaveLength(2);
    expect(JSON.parse(output)).toMatchObject({
      repository: "repository",
      database: "memory",
      commits: 2,
      events: 2,
      newEvents: 2,
      eventsPerSecond: expect.any(Number),
      foldedEvents: 2,
      contributors: 1,
      topFiles: [{ path: "a file", changes: 2, linesAdded: 2, linesDeleted: 1 }],
      newest: {
        name: "file-modified",
        stream: "a file",
        position: 1,
        metadata: { commit: small.head() },
      },
      longestWait: { name: "file-added" },
      asOf: { observed: { events: 0 }, occurred: { events: 1, streams: 1, linesAdded: 2, linesDeleted: 0 } },
    });
  });

  it("shows no more of the ten first people and files than is documented", async () => {
    const { topContributors, importSeconds } = await runDemoJsonHere([small.directory]);
    expect(topContributors).toEqual([
      { name: "Ada Author", email: "ada@example.com", commits: 2, events: 2, linesAdded: 2, linesDeleted: 1 },
    ]);
    expect(String(importSeconds)).toMatch(/^\d+(\.\d{1,3})?$/);
  });

  it("folds on what is new only, and ranks all of it", async () => {
    const repository = fastRepository({ commits: 40, pathsOf: (n) => [`f${n % 13}`, "busy"] });
    const db = sqlite();
    const head = repository.git("rev-parse", "main");
    repository.git("checkout", "--quiet", "--detach", "main~10");
    expect(await runDemoJsonHere([repository.directory, "--db", db])).toMatchObject({ foldedEvents: 60 });
    repository.git("checkout", "--quiet", "--detach", head);
    expect(await runDemoJsonHere([repository.directory, "--db", db])).toMatchObject({
      ...gitRankings(repository),
      newEvents: 20,
      foldedEvents: 20,
    });
  });

  it("answers the question of another time", async () => {
    const { asOf } = await runDemoJsonHere([small.directory, "--as-of", "2022-06-01"]);
    expect(asOf).toMatchObject({
      time: "2022-06-01T00:00:00.000Z",
      observed: { events: 0, streams: 0, linesAdded: 0, linesDeleted: 0 },
      occurred: { events: 2, streams: 1, linesAdded: 2, linesDeleted: 1 },
    });
  });

  it("counts nothing before the first commit", async () => {
    const empty = TestRepository.create();
    const counts = { commits: 0, events: 0, newEvents: 0, streams: 0, categories: 0, newest: null, asOf: null };
    expect(await runDemoJsonHere([empty.directory])).toMatchObject(counts);
  });
});

describe("demo", () => {
  it("prints a report", async () => {
    const { exitCode, output, errors } = await runDemoHere([small.directory]);
    expect([exitCode, errors]).toEqual([0, ""]);
    expect(output.replace(/\d[\d,.]*( events?\/s| s\b|\/s)/g, "0$1")).toBe(`\
The history of repository as events, in memory

  2 commits, 2 events in 1 stream of 1 category
  2 new events stored in 0 s.
  0 events/s from git into the store, 2 folded into projections in 0 s

What happened to files
  1 added, 1 modified, 0 renamed, 0 deleted
  +2 −1 lines

Top contributors
  2 commits  +2 −1  Ada Author <ada@example.com>

Most changed files
  2 changes  +2 −1  a file

The newest event
  file-modified in a file (number 2 of the log, position 1 of its stream)
  commit ${small.head().slice(0, 12)} by Ada Author, written 2022-04-15 05:20:00 UTC, committed 2023-11-14 22:13:21 UTC

How much had been done before 2022-04-15 05:20:00 UTC?
  by observed time (committed)  0 events  0 files  +0 −0 lines
  by occurred time (written)     1 event   1 file  +2 −0 lines
  (No change waited longer than that of a file in ${small.git("rev-parse", "HEAD~1").slice(0, 12)}: written 2020-09-13 12:26:40 UTC, committed 2023-11-14 22:13:20 UTC.)
`);
  });

  it("says that a second run stored nothing", async () => {
    const db = sqlite();
    await runDemoHere([small.directory, "--db", db]);
    const { output } = await runDemoHere([small.directory, "--db", db]);
    expect(output).toMatch(/Nothing new: all 2 events were stored before, recognised by their ids in/);
  });

  it("says that there is nothing to store", async () => {
    const { exitCode, output } = await runDemoHere([TestRepository.create().directory]);
    expect([exitCode, output]).toEqual([
      0,
      expect.stringContaining("Nothing to store: no commit of it touches a file."),
    ]);
  });

  it("makes names harmless for the terminal", async () => {
    const repository = TestRepository.create();
    repository.write("\u001b[2J");
    repository.git("add", "--all");
    repository.gitBytes(["commit", "--quiet", "--message", "m"], {
      env: { GIT_AUTHOR_NAME: "in \u001b[31mred\u202e" },
    });
    const { output } = await runDemoHere([repository.directory]);
    expect(output).toContain("%1B[2J");
    expect(output).toContain("in \\u{1b}[31mred\\u{202e} <");
    expect(output).not.toContain("\u001b");
  });

  // Everyday tests of `openOwnHistory` find it; to store all of it takes long.
  it.runIf(process.env.EVENTFOLD_SOAK)("reads the history of this project when no repository is given", async () => {
    const { commits, events } = await runDemoJson([]);
    expect([commits, events]).toEqual([expect.any(Number), expect.any(Number)]);
    expect(commits).toBeGreaterThan(0);
  });
});

describe("demo --help and --version", () => {
  it("explain themselves and exit with 0", async () => {
    const help = await runDemoHere(["--help"]);
    expect(help).toMatchObject({ exitCode: 0, errors: "" });
    expect(help.output).toContain("--db <database>");
    expect(help.output).toContain("sqlite:FILE");
    expect(await runDemo(["--version"])).toMatchObject({
      exitCode: 0,
      output: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });
});

describe("demo with wrong arguments", () => {
  const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
    ["an unknown option", ["--jsno"], /^error: unknown option '--jsno'/],
    ["too many arguments", ["a", "b"], /^error: too many arguments/],
    [
      "an unknown database",
      [".", "--db", "oracle:x"],
      /^oracle is not a database that is known here: give --db memory, or sqlite:FILE/,
    ],
    ["a database without a file", [".", "--db", "sqlite:"], /^sqlite: names no file/],
    ["a database of no name", [".", "--db", ""], /^--db needs a database/],
    [
      "a member of every object as a database",
      [".", "--db", "constructor"],
      /^constructor is not a database that is known here/,
    ],
    ["an invalid time", [".", "--as-of", "soon"], /^error: option '--as-of <time>' argument 'soon' is invalid/],
    ["a path where nothing is", ["./nowhere"], /^There is nothing at .*nowhere: give the path of a git repository/],
  ];
  for (const [title, args, message] of cases) {
    it(`exits with 2: ${title}`, async () => {
      const outcome = await runDemoHere(args, { directory: temporaryDirectory() });
      expect(outcome).toMatchObject({ exitCode: 2, output: "", errors: expect.stringMatching(message) });
    });
  }

  it("exits with 2 as a process of its own", async () => {
    const outcome = await runDemo(["--jsno"]);
    expect(outcome).toMatchObject({ exitCode: 2, output: "", errors: expect.stringMatching(/^error: unknown option/) });
  });
});

describe("demo that cannot do its work", () => {
  it.skipIf(!existsSync("/dev/full"))("exits with 1 and a line where the output cannot be written", async () => {
    const output = openSync("/dev/full", "w");
    for (const args of [[small.directory], ["--help"]]) {
      const { exitCode, errors } = await startDemo(args, { output }).outcome;
      expect([exitCode, errors]).toEqual([1, expect.stringMatching(/^The output cannot be written: ENOSPC[^\n]*\n$/)]);
    }
    closeSync(output);
  });

  it("exits with 1 where there is no repository", async () => {
    const directory = temporaryDirectory();
    vi.stubEnv("GIT_CEILING_DIRECTORIES", join(directory, ".."));
    const outcome = await runDemoHere([directory, "--json"]);
    expect(outcome).toMatchObject({
      exitCode: 1,
      output: "",
      errors: expect.stringMatching(/is not a git repository.*\ngit says: /),
    });
  });

  it("exits with 1 where git is not installed", async () => {
    vi.stubEnv("PATH", temporaryDirectory());
    const outcome = await runDemoHere([small.directory]);
    expect(outcome).toMatchObject({ exitCode: 1, output: "", errors: expect.stringMatching(/^This needs git/) });
  });

  it("exits with 1 where the database file is not one", async () => {
    const file = join(temporaryDirectory(), "text.db");
    writeFileSync(file, "this is not a database, but long enough to be looked at as one".repeat(20));
    const outcome = await runDemoHere([small.directory, "--db", `sqlite:${file}`]);
    expect(outcome).toMatchObject({ exitCode: 1, output: "", errors: expect.stringMatching(/^NOT_A_DATABASE: /) });
  });

  it("exits with 1 and says why where the repository is damaged", async () => {
    const repository = TestRepository.create();
    mkdirSync(join(repository.directory, "dir"));
    repository.write("dir/file");
    repository.commit();
    const tree = repository.git("rev-parse", "HEAD:dir");
    rmSync(join(repository.directory, ".git/objects", tree.slice(0, 2), tree.slice(2)));
    const outcome = await runDemoHere([repository.directory]);
    expect(outcome).toMatchObject({
      exitCode: 1,
      output: "",
      errors: expect.stringMatching(/^git log ended with exit code 128: /),
    });
  });

  it("exits with 1 and says why where another clone of the history is in the database", async () => {
    const repository = TestRepository.create();
    for (const name of ["a", "b", "c"]) {
      repository.write(name);
      repository.commit();
    }
    const shallow = join(temporaryDirectory(), "shallow");
    repository.git("clone", "--quiet", "--depth=1", `file://${repository.directory}`, shallow);
    const db = sqlite();
    expect(await runDemoJsonHere([repository.directory, "--db", db])).toMatchObject({ newEvents: 3 });
    const outcome = await runDemoHere([shallow, "--db", db]);
    expect(outcome).toMatchObject({
      exitCode: 1,
      output: "",
      errors: expect.stringContaining("such as a shallow one"),
    });
  });
});
