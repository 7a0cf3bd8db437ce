import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { runDemoJson } from "../support/demo.ts";
import { fastRepository } from "../support/fast-import.ts";
import { gitCounts } from "../support/git-counts.ts";
import { removeTemporaryDirectories, type TestRepository, temporaryDirectory } from "../support/test-repository.ts";

afterAll(removeTemporaryDirectories);

const IS_SOAK = process.env.EVENTFOLD_SOAK === "1";
const REPORTER = pathToFileURL(join(import.meta.dirname, "../support/report-peak-memory.ts")).href;
const MEGABYTE = 2 ** 20;

interface Measured {
  readonly counts: Record<string, unknown>;
  readonly peakMemory: number;
}

/** Three files in each commit, of 2,000 in all, one of them in every commit. */
function history(commits: number): TestRepository {
  return fastRepository({ commits, pathsOf: (n) => ["busy", `dir${n % 40}/f${n % 1000}`, `other/g${(n * 7) % 999}`] });
}

async function measuredRun(repository: TestRepository, db: string): Promise<Measured> {
  const file = join(temporaryDirectory(), "peak");
  const env = { PEAK_MEMORY_FILE: file, NODE_OPTIONS: `--import=${REPORTER}` };
  const counts = await runDemoJson([repository.directory, "--db", db], { env });
  return { counts, peakMemory: Number(readFileSync(file, "utf8")) };
}

describe("demo on a large history", () => {
  it("stores all of it in bounded memory, and nothing a second time", async () => {
    const [few, many] = IS_SOAK ? [5_000, 50_000] : [100, 1_000];
    const [small, large] = [history(few), history(many)];
    const baseline = await measuredRun(small, `sqlite:${join(temporaryDirectory(), "small.db")}`);
    const db = `sqlite:${join(temporaryDirectory(), "large.db")}`;
    const first = await measuredRun(large, db);
    expect(first.counts).toMatchObject({ ...gitCounts(large), commits: many, events: many * 3, newEvents: many * 3 });
    const second = await measuredRun(large, db);
    expect(second.counts).toMatchObject({ commits: many, events: many * 3, newEvents: 0 });
    // Ten times the history: no more than what the garbage collector leaves lying around.
    expect(first.peakMemory - baseline.peakMemory).toBeLessThan(100 * MEGABYTE);
    expect(second.peakMemory - baseline.peakMemory).toBeLessThan(100 * MEGABYTE);
    console.log(
      `peak resident memory: ${[baseline, first, second].map(({ peakMemory }) => `${Math.round(peakMemory / MEGABYTE)} MB`).join(", ")}`,
    );
  });

  it("stores a commit of 10,000 files at once, and recognises it", async () => {
    const files = IS_SOAK ? 100_000 : 10_000;
    const pathsOf = (n: number): string[] =>
      Array.from({ length: files }, (_, file) => `d${file % 97}/f${file}-${n % 2}`);
    const repository = fastRepository({ commits: 2, pathsOf });
    const db = `sqlite:${join(temporaryDirectory(), "wide.db")}`;
    const counts = { ...gitCounts(repository), events: files * 2 };
    expect(await runDemoJson([repository.directory, "--db", db])).toMatchObject({ ...counts, newEvents: files * 2 });
    expect(await runDemoJson([repository.directory, "--db", db])).toMatchObject({ ...counts, newEvents: 0 });
  });
});
