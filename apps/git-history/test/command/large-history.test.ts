import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runDemoJson, runDemoJsonHere } from "../support/demo.ts";
import { fastRepository } from "../support/fast-import.ts";
import { gitCounts } from "../support/git-counts.ts";
import { removeTemporaryDirectories, type TestRepository, temporaryDirectory } from "../support/test-repository.ts";

afterAll(removeTemporaryDirectories);

const IS_SOAK = process.env.EVENTFOLD_SOAK === "1";
const REPORTER = new URL("../support/report-peak-memory.ts", import.meta.url).href;
const MEGABYTE = 2 ** 20;

interface Measured {
  readonly counts: Record<string, unknown>;
  readonly peakMemory: number;
}

/** Three files in each commit, of 2,000 in all, one of them in every commit. */
function history(commits: number): TestRepository {
  return fastRepository({ commits, pathsOf: (n) => ["busy", `dir${n % 40}/f${n % 1000}`, `other/g${(n * 7) % 999}`] });
}

/** Runs the demo with little room for objects: what grew with the history would not fit at full size. */
async function measuredRun(repository: TestRepository, db: string): Promise<Measured> {
  const file = join(temporaryDirectory(), "peak");
  const env = { PEAK_MEMORY_FILE: file, NODE_OPTIONS: `--import=${REPORTER} --max-old-space-size=64` };
  const counts = await runDemoJson([repository.directory, "--db", db], { env });
  return { counts, peakMemory: Number(readFileSync(file, "utf8")) };
}

describe("demo on a large history", () => {
  it("stores all of it in bounded memory, and nothing a second time", async () => {
    const commits = IS_SOAK ? 50_000 : 200;
    const repository = history(commits);
    const db = `sqlite:${join(temporaryDirectory(), "large.db")}`;
    const first = await measuredRun(repository, db);
    expect(first.counts).toMatchObject({
      ...gitCounts(repository),
      commits,
      events: commits * 3,
      newEvents: commits * 3,
    });
    const second = await measuredRun(repository, db);
    expect(second.counts).toMatchObject({ commits, events: commits * 3, newEvents: 0 });
    // Its objects fit the 64 MB they were given; the rest is the program, SQLite's cache and what is about to be collected.
    expect(Math.max(first.peakMemory, second.peakMemory)).toBeLessThan(400 * MEGABYTE);
  });

  it("stores a commit of thousands of files at once, and recognises it", async () => {
    const files = IS_SOAK ? 100_000 : 1_000;
    const pathsOf = (n: number): string[] =>
      Array.from({ length: files }, (_, file) => `d${file % 97}/f${file}-${n % 2}`);
    const repository = fastRepository({ commits: 2, pathsOf });
    const db = `sqlite:${join(temporaryDirectory(), "wide.db")}`;
    const counts = { ...gitCounts(repository), events: files * 2 };
    expect(await runDemoJsonHere([repository.directory, "--db", db])).toMatchObject({
      ...counts,
      newEvents: files * 2,
    });
    expect(await runDemoJsonHere([repository.directory, "--db", db])).toMatchObject({ ...counts, newEvents: 0 });
  });
});
