import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startPostgres } from "@eventfold/testing/postgres";
import { afterAll, describe, expect, it } from "vitest";
import { sourceBugs } from "../src/bugs/source-bugs.ts";
import type { RecordedOutcome } from "../src/recording-runner.ts";

interface Report {
  readonly violations: readonly string[];
  readonly outcomes: readonly RecordedOutcome[];
}

const postgres = await startPostgres();
afterAll(() => postgres.stop());
const plantBug = fileURLToPath(new URL("../src/bugs/plant-bug.ts", import.meta.url));
const huntBug = fileURLToPath(new URL("../src/bugs/hunt-bug.ts", import.meta.url));

it.each(sourceBugs)("$file still has the lines that the bug changes: it $fault", ({ file, edits }) => {
  const source = readFileSync(new URL(`../../../packages/${file}`, import.meta.url), "utf8");
  for (const { find } of edits) expect(source.split(find)).toHaveLength(2);
});

describe.each(sourceBugs)("the $adapter adapter with a bug of two lines: it $fault", ({ fault, edits, needsLoad }) => {
  it(`is found by ${needsLoad ? "" : "the model test and by "}the history checker`, { timeout: 300_000 }, async () => {
    expect(edits.length).toBeLessThanOrEqual(2);
    const flags = ["--conditions=eventfold-source", "--import", plantBug];
    const env = { ...process.env, PLANTED_BUG: fault, BUG_DATABASE: postgres.connectionString };
    const { stdout } = await promisify(execFile)(process.execPath, [...flags, huntBug], {
      env,
      maxBuffer: 2 ** 28,
      timeout: 240_000,
      killSignal: "SIGKILL", // a bug may keep the process from coming to any timer of its own.
    });
    const { violations, outcomes } = JSON.parse(stdout) as Report;
    expect(violations).not.toEqual([]);
    if (needsLoad) return;
    expect(outcomes.map(({ message }) => message).join("\n")).toMatch(
      /Program \d+ failed; shrunk \d+ times it is:\n {2}1\. /,
    );
  });
});
